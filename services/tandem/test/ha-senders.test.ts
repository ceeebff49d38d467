import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NO_HEALTH } from '@tandem/election';
import { senderKey, senderRecord, type Sender } from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';
import { type MemoryLog } from '@tandem/testing';

import { listClusters } from '../src/ha/list-clusters.ts';
import { type Report } from '../src/ha/report.ts';
import { showCluster } from '../src/ha/show-cluster.ts';
import { clusterOutput, emptyLog, T0, TOPICS } from './ha-log.ts';

const MINUTE = 60_000;
const NOW = T0 + 3 * MINUTE;

let log: MemoryLog;
beforeEach(async () => {
  log = await emptyLog();
});
afterEach(() => log.close());

const list = ({ json = false } = {}): Promise<Report> =>
  listClusters(log, TOPICS, { tenant: undefined, json, nowMs: NOW });
const show = (cluster: string): Promise<Report> =>
  showCluster(log, TOPICS, { tenant: undefined, cluster, json: false, nowMs: NOW });
const parsed = ({ text }: Report): unknown => JSON.parse(text);

/** A sender that lacks a label, heard from T0 on. */
function senderOutput(over: Partial<Sender>): OutgoingRecord {
  const value: Sender = { tenant: 't', cluster: null, replica: null, sinceMs: T0, heardAtMs: T0 + MINUTE, ...over };
  const key = senderKey(value.tenant, value.cluster, value.replica);
  return { topic: TOPICS.clusters, partition: 0, key, ...senderRecord.encode(value) };
}

describe('what is said of senders', () => {
  it('says what is to be said of the senders of a cluster', async () => {
    const sights = ['a', 'b', 'c'].map((replica) => ({
      replica,
      lastRecordMs: T0,
      highTimestampMs: T0,
      health: NO_HEALTH,
    }));
    const verdict = (replica: string, said: string, aheadMs = 0) => ({ replica, verdict: said, aheadMs });
    const some = [verdict('a', 'ok'), verdict('b', 'shared'), verdict('c', 'clock-ahead', 21_000)];
    await log.append([
      clusterOutput({ heardAtMs: T0, replicas: sights, verdicts: some }),
      clusterOutput({
        cluster: 'well',
        heardAtMs: T0,
        replicas: sights,
        verdicts: [verdict('a', 'ok'), verdict('b', 'ok')],
      }),
    ]);
    const { text } = await list();
    expect(text).toMatch(/^t +prod .* 0 +b: shared, c: clock-ahead by 21.0s$/m);
    expect(text).toMatch(/^t +well .* 0 +ok$/m);
    expect((await show('prod')).text).toMatch(/^c .* clock-ahead by 21.0s$/m);
    expect(parsed(await list({ json: true }))).toMatchObject([
      {
        replicas: [
          { replica: 'a', verdict: 'ok', ahead_seconds: 0 },
          { replica: 'b', verdict: 'shared' },
          { replica: 'c', verdict: 'clock-ahead', ahead_seconds: 21 },
        ],
      },
      { replicas: [{ verdict: 'ok' }, { verdict: 'ok' }, { verdict: null }] },
    ]);
  });

  it('names senders that lack a label beside the clusters, as long as they are heard', async () => {
    await log.append([
      senderOutput({ cluster: 'prod', replica: null }),
      senderOutput({ cluster: null, replica: 'r1' }),
      senderOutput({ cluster: 'gone', replica: null }),
      { topic: TOPICS.clusters, partition: 0, key: senderKey('t', 'gone', null), value: null },
      senderOutput({ cluster: 'silent', replica: null, heardAtMs: NOW - 3_600_000 }),
    ]);
    const { text, notes } = await list();
    expect(text).toMatch(
      /^t +prod +- +replica-label-missing +2026-03-01T12:00:00.000Z \(3m ago\) +2026-03-01T12:01:00.000Z/m,
    );
    expect(text).toMatch(/^t +- +r1 +cluster-label-missing /m);
    expect(text).not.toMatch(/gone|silent/);
    expect(notes).toEqual(['no clusters']);
    expect(parsed(await list({ json: true }))).toMatchObject([
      {
        tenant: 't',
        cluster: 'prod',
        replica: null,
        verdict: 'replica-label-missing',
        since: '2026-03-01T12:00:00.000Z',
      },
      { tenant: 't', cluster: null, replica: 'r1', verdict: 'cluster-label-missing' },
    ]);
  });
});
