import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, HEADER } from '@tandem/records';

import { clusterHistory, type HistoryQuery } from '../src/ha/cluster-history.ts';
import { type Report } from '../src/ha/report.ts';
import { clusterOutput, electionOutput, T0, TOPICS } from './ha-log.ts';
import { commandOutput, SamplesLog } from './samples-log.ts';
import { documentOf, settingsOutput, type DocumentOptions } from './settings-log.ts';

const SECOND = 1000;
const MINUTE = 60_000;

let stage: SamplesLog;
beforeEach(async () => {
  stage = await new SamplesLog().create();
  await stage.at(0, clusterOutput());
});
afterEach(() => stage.log.close());

const history = (over: Partial<HistoryQuery> = {}): Promise<Report> =>
  clusterHistory(stage.log, TOPICS, {
    tenant: undefined,
    cluster: 'prod',
    sinceMs: undefined,
    limit: 100,
    json: true,
    nowMs: T0 + 10 * MINUTE,
    ...over,
  });
const parsed = async (over?: Partial<HistoryQuery>): Promise<unknown> => JSON.parse((await history(over)).text);
const timeout = (seconds: number, options?: DocumentOptions): string =>
  documentOf({ failoverTimeoutMs: seconds * SECOND }, options);
const first = settingsOutput(timeout(30), { outcome: 'first', sourcePartition: 0, fromOffset: 0 });
const applied = settingsOutput(timeout(10), {
  outcome: 'applied',
  sourcePartition: 0,
  fromOffset: 50,
  instance: 'dedup-1',
});

describe('tandem ha history, changes of settings', () => {
  it('shows in its place when settings came into force, by whom, and what they changed in words', async () => {
    await stage.at(0, first, electionOutput());
    await stage.at(MINUTE, applied, electionOutput({ epoch: 2, electedAtMs: T0 + 2 * MINUTE, sourceOffset: 70 }));
    expect(await parsed()).toMatchObject([
      { kind: 'settings', outcome: 'first' },
      { kind: 'election', epoch: 1 },
      {
        kind: 'settings',
        time: '2026-03-01T12:01:00.000Z',
        instance: 'dedup-1',
        outcome: 'applied',
        changes: [{ setting: 'failover_timeout', from: '30s', to: '10s' }],
        problem: null,
        partition: 0,
        from_offset: 50,
      },
      { kind: 'election', epoch: 2 },
    ]);
    const { text } = await history({ json: false });
    expect(text).toMatch(
      /^- +2026-03-01T12:01:00.000Z \(9m ago\) +- +settings of dedup-1 applied: failover_timeout 30s → 10s +- .* 0\/50$/m,
    );
  });

  it('goes by the place in the log where settings were written down late, as when dedup was behind', async () => {
    await stage.at(0, first, electionOutput());
    await stage.at(5 * MINUTE, electionOutput({ epoch: 2, electedAtMs: T0 + MINUTE, sourceOffset: 49 }), applied);
    await stage.at(5 * MINUTE, electionOutput({ epoch: 3, electedAtMs: T0 + 2 * MINUTE, sourceOffset: 50 }));
    expect(await parsed()).toMatchObject([{}, { epoch: 1 }, { epoch: 2 }, { outcome: 'applied' }, { epoch: 3 }]);
  });

  it('says of settings that did not come into force what they would have changed', async () => {
    const older = settingsOutput(timeout(20), { outcome: 'older', sourcePartition: 0 });
    const renewed = settingsOutput(timeout(30), { outcome: 'renewed', sourcePartition: 0 });
    await stage.at(0, first, older, renewed, applied);
    expect(await parsed()).toMatchObject([
      { outcome: 'first', changes: expect.arrayContaining([{ setting: 'failover_timeout', from: null, to: '30s' }]) },
      { outcome: 'older', from_offset: null, changes: [{ setting: 'failover_timeout', from: '30s', to: '20s' }] },
      { outcome: 'renewed', changes: [] },
      { outcome: 'applied', changes: [{ from: '30s', to: '10s' }] },
    ]);
    const { text } = await history({ json: false });
    expect(text).toContain('settings of dedup-0 first: the partition began with these');
    expect(text).toContain('settings of dedup-0 renewed: nothing changes for this cluster');
  });

  it('tells what changes for this very cluster, overrides, bounds and fills included', async () => {
    const own = { tenant: 't', cluster: clusterId('t', 'prod') };
    const others = { tenant: 't', cluster: clusterId('t', 'other'), settings: { failoverTimeoutMs: MINUTE } };
    const learned = { ...own, settings: { learned: { leastMs: 10_000, mostMs: MINUTE } } };
    const note = { outcome: 'applied', sourcePartition: 0 };
    await stage.at(
      0,
      first,
      settingsOutput(timeout(30, { overrides: [others] }), { ...note, fromOffset: 10 }),
      settingsOutput(timeout(30, { overrides: [learned], fill: { enabled: true, up: 'any' } }), {
        ...note,
        fromOffset: 20,
      }),
    );
    expect(await parsed()).toMatchObject([
      {},
      { changes: [] },
      {
        changes: [
          { setting: 'failover_timeout', from: '30s', to: 'auto (10s to 1m)' },
          { setting: 'fill', from: 'false', to: 'true' },
          { setting: 'fill_up', from: 'leader', to: 'any' },
        ],
      },
    ]);
  });

  it('keeps to the partition of the cluster, and to heartbeats where it is spread', async () => {
    const elsewhere = settingsOutput(timeout(10), { outcome: 'applied', sourcePartition: 1, fromOffset: 1 });
    const note = { outcome: 'first', sourcePartition: 0, fromOffset: 0 };
    const ofHeartbeats = settingsOutput(timeout(15), { ...note, instance: 'elector' }, 'heartbeats');
    await stage.at(0, first, elsewhere, ofHeartbeats, commandOutput(TOPICS.commands, 'pin'));
    expect(await parsed()).toMatchObject([{ instance: 'dedup-0' }]);
    await stage.at(0, clusterOutput({ shards: 4 }));
    expect(await parsed()).toMatchObject([{ instance: 'elector' }]);
  });

  it('goes back as far as asked, and keeps the newest', async () => {
    await stage.at(0, first, electionOutput());
    await stage.at(MINUTE, applied);
    expect(await parsed({ sinceMs: 9 * MINUTE })).toMatchObject([
      { outcome: 'applied', changes: [{ from: '30s', to: '10s' }] },
    ]);
    const { text, notes } = await history({ limit: 1 });
    expect(JSON.parse(text)).toMatchObject([{ outcome: 'applied' }]);
    expect(notes).toEqual(['the newest 1 of 3 elections and settings: --limit shows more']);
  });

  it('says why settings of a later version cannot be told, and counts records that cannot be read', async () => {
    const newer = settingsOutput('{"new":1}', { outcome: 'applied', sourcePartition: 0, fromOffset: 9 });
    await stage.at(0, first, newer, applied, { ...applied, headers: { ...applied.headers, [HEADER.version]: '99' } });
    const { text, notes } = await history();
    expect(JSON.parse(text)).toMatchObject([
      {},
      { changes: [], problem: expect.stringContaining('cannot be applied') },
      { changes: [{ from: '30s', to: '10s' }] },
    ]);
    expect(notes).toContain('1 record of tandem.commands cannot be read and is left out: is this version older?');
  });
});
