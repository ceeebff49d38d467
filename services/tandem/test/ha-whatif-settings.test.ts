import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ELECTION_SETTINGS } from '@tandem/election';
import { clusterKey, heartbeatRecord } from '@tandem/records';
import { type OutgoingRecord } from '@tandem/stream';

import { type Report } from '../src/ha/report.ts';
import { whatIf, type WhatIfQuery } from '../src/ha/what-if.ts';
import { clusterOutput, electionOutput, T0, TOPICS } from './ha-log.ts';
import { commandOutput, sample, SamplesLog, samplesOutput } from './samples-log.ts';
import { documentOf, inForceOutput, settingsOutput } from './settings-log.ts';

const SECOND = 1000;
const MINUTE = 60_000;

let stage: SamplesLog;
beforeEach(async () => {
  stage = await new SamplesLog().create();
});
afterEach(() => stage.log.close());

/** Asked `ms` after T0 about everything since T0, with handovers off. The configuration of the command has 1 min. */
function ask(ms: number, over: Partial<WhatIfQuery> = {}): Promise<Report> {
  return whatIf(stage.log, TOPICS, {
    tenant: undefined,
    cluster: 'prod',
    json: true,
    rangeMs: ms,
    nowMs: T0 + ms,
    settingsOf: () => ({ ...DEFAULT_ELECTION_SETTINGS, failoverTimeoutMs: MINUTE }),
    instead: { handover: false },
    onProgress: () => undefined,
    ...over,
  });
}
const parsed = ({ text }: Report): unknown => JSON.parse(text);
const timeout = (seconds: number): string => documentOf({ failoverTimeoutMs: seconds * SECOND });

type Send = (replica: string, ms: number) => OutgoingRecord;
const asSamples: Send = (replica, ms) => samplesOutput(replica, [sample(ms)]);

/**
 * Both send each 5 s; a is silent for 20 s from 60 s on and again from 120 s on.
 * `between` comes at 100 s. @returns its offset
 */
async function twoSilences(send: Send, ...between: readonly OutgoingRecord[]): Promise<number> {
  let changedAt = 0;
  for (let ms = 5 * SECOND; ms <= 3 * MINUTE; ms += 5 * SECOND) {
    const isSilent = ms % MINUTE > 0 && ms % MINUTE <= 20 * SECOND && ms > MINUTE;
    if (ms === 100 * SECOND && between.length > 0) changedAt = await stage.at(ms, ...between);
    await stage.at(ms, ...(isSilent ? ['b'] : ['a', 'b']).map((replica) => send(replica, ms)));
  }
  return changedAt;
}

describe('tandem ha whatif, by the settings of each place', () => {
  it('C6: judges by what was in force at each place, and lays what is asked over it', async () => {
    const changedAt = await twoSilences(asSamples, settingsOutput(timeout(10)));
    await stage.at(3 * MINUTE, clusterOutput(), inForceOutput({ 0: timeout(30), [changedAt + 1]: timeout(10) }));
    const report = await ask(3 * MINUTE, { instead: { failoverTimeoutMs: 15 * SECOND } });
    expect(parsed(report)).toMatchObject({
      configured: {
        // As at the end of the range.
        failover_timeout_seconds: 10,
        settings: [
          { from_offset: 0, failover_timeout_seconds: 30 },
          { from_offset: changedAt + 1, failover_timeout_seconds: 10 },
        ],
        elections: 2,
        newest_elections: [{ to: 'a' }, { time: '2026-03-01T12:02:10.000Z', from: 'a', to: 'b' }],
      },
      what_if: {
        settings: [{ failover_timeout_seconds: 15 }, { failover_timeout_seconds: 15 }],
        elections: 2,
        newest_elections: [{}, { time: '2026-03-01T12:01:15.000Z', from: 'a', to: 'b' }],
      },
    });
    const { text } = await ask(3 * MINUTE, { json: false });
    expect(text).toMatch(/^failover timeout +30s → 10s +30s → 10s +-$/m);
    expect(text).toMatch(/^handover +on +off +-$/m);
  });

  it('knows from commands what was in force before what clusters remembers', async () => {
    const changedAt = await twoSilences(asSamples, settingsOutput(timeout(10)));
    const notes = [
      settingsOutput(timeout(30), { outcome: 'first', sourcePartition: 0, fromOffset: 0 }),
      settingsOutput(timeout(40), { outcome: 'applied', sourcePartition: 1, fromOffset: 3 }),
      settingsOutput(timeout(50), { outcome: 'older', sourcePartition: 0 }),
      commandOutput(TOPICS.commands, 'pin', { outcome: 'no-cluster', sourceOffset: 1, sourcePartition: 0 }),
    ];
    await stage.at(3 * MINUTE, clusterOutput(), ...notes, inForceOutput({ [changedAt + 1]: timeout(10) }));
    expect(parsed(await ask(3 * MINUTE))).toMatchObject({
      configured: { elections: 2, settings: [{ failover_timeout_seconds: 30 }, { failover_timeout_seconds: 10 }] },
    });
  });

  it('begins with what was in force before the range', async () => {
    await twoSilences(asSamples);
    const elected = electionOutput({ electedAtMs: T0 + 5 * SECOND, sourceOffset: 0 });
    await stage.at(3 * MINUTE, clusterOutput(), elected, inForceOutput({ 0: timeout(10), 60: timeout(30) }));
    expect(parsed(await ask(3 * MINUTE, { rangeMs: 2 * MINUTE }))).toMatchObject({
      elected_at_start: 'a',
      configured: { elections: 1, newest_elections: [{ time: '2026-03-01T12:01:10.000Z', to: 'b' }] },
    });
  });

  it('takes settings that dedup has not come to as dedup will: later ones come into force, earlier ones do not', async () => {
    const later = settingsOutput(timeout(10), { readAtMs: T0 + SECOND });
    const earlier = settingsOutput(timeout(5), { readAtMs: T0 - SECOND });
    const changedAt = await twoSilences(asSamples, later, earlier);
    await stage.at(3 * MINUTE, clusterOutput(), inForceOutput({ 0: timeout(30) }));
    expect(parsed(await ask(3 * MINUTE))).toMatchObject({
      configured: {
        elections: 2,
        settings: [{ from_offset: 0 }, { from_offset: changedAt + 1, failover_timeout_seconds: 10 }],
      },
    });
  });

  it('goes on by what was in force before settings of a later version, as dedup does', async () => {
    await twoSilences(asSamples);
    await stage.at(3 * MINUTE, clusterOutput(), inForceOutput({ 0: timeout(10), 20: '{"new":1}' }));
    expect(parsed(await ask(3 * MINUTE))).toMatchObject({
      configured: { elections: 2, settings: [{ failover_timeout_seconds: 10 }] },
    });
  });

  it('replays the heartbeats of a spread cluster, by the settings of heartbeats', async () => {
    const beat: Send = (replica, ms) => {
      const common = { tenant: 't', cluster: 'prod', replica, shards: 4, samples: 10, upSamples: 1, downSamples: 0 };
      const times = {
        minTimestampMs: T0 + ms,
        maxTimestampMs: T0 + ms,
        receivedFromMs: T0 + ms,
        receivedUntilMs: T0 + ms,
      };
      const record = heartbeatRecord.encode({ ...common, ...times, perShard: [] });
      return { topic: TOPICS.heartbeats, partition: 0, key: clusterKey('t', 'prod'), ...record };
    };
    const changedAt = await twoSilences(beat, settingsOutput(timeout(10), {}, 'heartbeats'));
    const inForce = inForceOutput({ 0: timeout(30), [changedAt + 1]: timeout(10) }, 'heartbeats');
    const bad = { ...beat('a', 0), value: Uint8Array.of(1) };
    await stage.at(3 * MINUTE, clusterOutput({ shards: 4 }), inForceOutput({ 0: timeout(5) }), inForce, bad);
    const report = await ask(3 * MINUTE, { instead: { failoverTimeoutMs: 10 * SECOND } });
    expect(parsed(report)).toMatchObject({
      topic: 'heartbeats',
      records: 64,
      configured: { elections: 2, newest_elections: [{}, { time: '2026-03-01T12:02:10.000Z', to: 'b' }] },
      what_if: { newest_elections: [{}, { time: '2026-03-01T12:01:10.000Z', to: 'b' }] },
    });
    expect(report.notes.join()).toContain('1 record of tandem.heartbeats cannot be read');
    expect((await ask(3 * MINUTE, { json: false })).text).toMatch(/^heartbeats +64, /m);
  });
});
