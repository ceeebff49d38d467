import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ELECTION_SETTINGS, type ElectionSettings } from '@tandem/election';

import { progressLines } from '../src/ha/progress.ts';
import { type Report } from '../src/ha/report.ts';
import { whatIf, type WhatIfQuery } from '../src/ha/what-if.ts';
import { clusterOutput, electionOutput, T0, TOPICS } from './ha-log.ts';
import { commandOutput, sample, SamplesLog, samplesOutput } from './samples-log.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const CONFIGURED = { ...DEFAULT_ELECTION_SETTINGS, updateTimeoutMs: 1000, updateTimeoutJitterMs: 0 };

let stage: SamplesLog;
beforeEach(async () => {
  stage = await new SamplesLog().create();
});
afterEach(() => stage.log.close());

/** Asked `ms` after T0 about everything since T0, with a failover timeout of 10 s instead of 30 s. */
function ask(ms: number, over: Partial<WhatIfQuery> = {}): Promise<Report> {
  return whatIf(stage.log, TOPICS, {
    tenant: undefined,
    cluster: 'prod',
    json: true,
    rangeMs: ms,
    nowMs: T0 + ms,
    settingsOf: () => CONFIGURED,
    instead: { failoverTimeoutMs: 10 * SECOND },
    onProgress: () => undefined,
    ...over,
  });
}
const parsed = ({ text }: Report): unknown => JSON.parse(text);

/** A record of a replica each 5 s, from and to in ms after T0. */
async function sends(replicas: readonly string[], from: number, to: number): Promise<void> {
  for (let ms = from; ms <= to; ms += 5 * SECOND) {
    await stage.at(ms, ...replicas.map((replica) => samplesOutput(replica, [sample(ms)])));
  }
}

/** Both send; a is silent for 20 s, and again. */
async function twoPauses(): Promise<void> {
  await stage.at(0, clusterOutput());
  await sends(['a', 'b'], 0, MINUTE);
  await sends(['b'], MINUTE + 5 * SECOND, MINUTE + 20 * SECOND);
  await sends(['a', 'b'], MINUTE + 25 * SECOND, 2 * MINUTE);
  await sends(['a'], 2 * MINUTE + 5 * SECOND, 2 * MINUTE + 20 * SECOND);
  await sends(['a', 'b'], 2 * MINUTE + 25 * SECOND, 3 * MINUTE);
}

describe('tandem ha whatif', () => {
  it('says which elections a shorter timeout would have held, and which gap it would have closed', async () => {
    await twoPauses();
    expect(parsed(await ask(3 * MINUTE))).toMatchObject({
      tenant: 't',
      cluster: 'prod',
      records: 66,
      elected_at_start: null,
      configured: {
        failover_timeout_seconds: 30,
        elections: 1,
        flaps: 0,
        longest_gap_seconds: 25,
        longest_gap_from: '2026-03-01T12:01:00.000Z',
        newest_elections: [{ from: null, to: 'a', reason: 'first-seen', silence_seconds: null, offset: 0 }],
      },
      what_if: {
        failover_timeout_seconds: 10,
        elections: 3,
        flaps: 1,
        longest_gap_seconds: 10,
        newest_elections: [
          { to: 'a', reason: 'first-seen' },
          { time: '2026-03-01T12:01:10.000Z', from: 'a', to: 'b', reason: 'failover', silence_seconds: 10 },
          { time: '2026-03-01T12:02:10.000Z', from: 'b', to: 'a', reason: 'failover', silence_seconds: 10 },
        ],
      },
      difference: { elections: 2, flaps: 1, longest_gap_seconds: -15 },
    });
  });

  it('begins with the settings the configuration has for this very cluster', async () => {
    await twoPauses();
    const settingsOf = (tenant: string, cluster: string): ElectionSettings => ({
      ...CONFIGURED,
      failoverTimeoutMs: `${tenant} ${cluster}` === 't t/prod' ? 15 * SECOND : MINUTE,
    });
    expect(parsed(await ask(3 * MINUTE, { settingsOf }))).toMatchObject({
      configured: { failover_timeout_seconds: 15, elections: 3 },
    });
  });

  it('says whether a better replica would have succeeded a living one', async () => {
    await stage.at(0, clusterOutput());
    for (let ms = 0; ms <= 5 * MINUTE; ms += 5 * SECOND) {
      const lateMs = ms < MINUTE ? 0 : ms - MINUTE;
      await stage.at(ms, samplesOutput('a', [sample(ms - lateMs)]), samplesOutput('b', [sample(ms)]));
    }
    const instead = { handover: false };
    expect(parsed(await ask(5 * MINUTE, { instead }))).toMatchObject({
      configured: {
        handover: true,
        elections: 2,
        newest_elections: [{}, { from: 'a', to: 'b', reason: 'score', detail: 'lagging' }],
      },
      what_if: { handover: false, elections: 1 },
    });
    const { text } = await ask(5 * MINUTE, { instead, json: false });
    expect(text).toMatch(/^handover +on +off +-$/m);
    expect(text).toMatch(/ a +b +score \(lagging\) /m);
  });

  it('replays with a timeout that is learned', async () => {
    await sends(['a', 'b'], 0, 5 * MINUTE);
    await sends(['b'], 5 * MINUTE + 5 * SECOND, 6 * MINUTE);
    await stage.at(6 * MINUTE, clusterOutput());
    const instead = { failoverTimeoutMs: 'auto' } as const;
    expect(parsed(await ask(6 * MINUTE, { instead }))).toMatchObject({
      configured: { failover_timeout_learned: false, newest_elections: [{}, { silence_seconds: 30 }] },
      what_if: { failover_timeout_learned: true, newest_elections: [{}, { silence_seconds: 10 }] },
    });
    const { text } = await ask(6 * MINUTE, { instead, json: false });
    expect(text).toMatch(/^failover timeout +30s +auto \(10s to 5m\) +-$/m);
  });

  it('shows the same for people, difference signed', async () => {
    await twoPauses();
    const { text } = await ask(3 * MINUTE, { json: false });
    expect(text).toMatch(/^REPLAYED +CONFIGURED +WHAT-IF +DIFFERENCE$/m);
    expect(text).toMatch(/^failover timeout +30s +10s +-20s$/m);
    expect(text).toMatch(/^elections +1 +3 +\+2$/m);
    expect(text).toMatch(/^longest gap +25\.0s +10\.0s +-15\.0s$/m);
    expect(text).toMatch(/^2026-03-01T12:01:10.000Z +a +b +failover +10\.0s +0\/\d+$/m);
  });

  it('begins with whoever was elected at the start of the range, and with what it had heard', async () => {
    await twoPauses();
    await stage.at(3 * MINUTE, electionOutput({ replica: 'a', electedAtMs: T0, sourceOffset: 0 }));
    const { text, notes } = await ask(3 * MINUTE, { rangeMs: 2 * MINUTE - 7 * SECOND });
    expect(JSON.parse(text)).toMatchObject({
      elected_at_start: 'a',
      epoch_at_start: 1,
      configured: { elections: 0, longest_gap_seconds: 25 },
      // a was silent for 5 s when the range began.
      what_if: {
        elections: 2,
        newest_elections: [{ time: '2026-03-01T12:01:10.000Z', to: 'b', silence_seconds: 10 }, {}],
      },
    });
    expect(notes.join()).not.toContain('nobody is known');
  });

  it('says that nobody is known to have been elected where the log does not tell', async () => {
    await twoPauses();
    expect((await ask(3 * MINUTE)).notes).toContain(
      'nobody is known to have been elected when the range begins: its first record with samples elects',
    );
  });

  it('counts the time since the last record that was let through', async () => {
    await stage.at(0, clusterOutput());
    await sends(['a'], 0, 10 * SECOND);
    await stage.at(40 * SECOND, samplesOutput('z', [sample(0)], { cluster: 'other' }));
    expect(parsed(await ask(MINUTE))).toMatchObject({ configured: { elections: 1, longest_gap_seconds: 30 } });
  });

  it('replays the sample timeout: a successor must be ahead by so much', async () => {
    await stage.at(0, clusterOutput());
    await sends(['a', 'b'], 0, 10 * SECOND);
    for (let ms = 15 * SECOND; ms <= MINUTE; ms += 5 * SECOND)
      await stage.at(ms, samplesOutput('b', [sample(ms - 20 * SECOND)]));
    const instead = { failoverSampleTimeoutMs: 20 * SECOND };
    expect(parsed(await ask(MINUTE, { instead }))).toMatchObject({
      configured: { elections: 2, newest_elections: [{}, { time: '2026-03-01T12:00:40.000Z' }] },
      what_if: { elections: 2, newest_elections: [{}, { time: '2026-03-01T12:00:50.000Z' }] },
    });
  });

  it('obeys what operators wanted within the range', async () => {
    await stage.at(0, clusterOutput());
    await sends(['a', 'b'], 0, 10 * SECOND);
    await stage.at(11 * SECOND, commandOutput(TOPICS.samples, 'pin'));
    await sends(['a'], 15 * SECOND, 2 * MINUTE);
    await stage.at(2 * MINUTE, commandOutput(TOPICS.samples, 'release'));
    await sends(['a'], 2 * MINUTE + 5 * SECOND, 3 * MINUTE);
    const { text, notes } = await ask(3 * MINUTE);
    const newest = [{ to: 'a' }, { to: 'b', reason: 'operator' }, { time: '2026-03-01T12:02:05.000Z', to: 'a' }];
    expect(JSON.parse(text)).toMatchObject({
      configured: { elections: 3, flaps: 1, newest_elections: newest },
      what_if: { elections: 3, newest_elections: newest },
    });
    expect(notes.join()).not.toContain('cannot be read');
  });

  it('knows from the log that whoever was elected at the start was pinned', async () => {
    await twoPauses();
    const written = { outcome: 'pinned', epoch: 1, sourceOffset: 1, sourcePartition: 0, replica: 'a' };
    await stage.at(3 * MINUTE, electionOutput({ sourceOffset: 0 }), commandOutput(TOPICS.commands, 'pin', written));
    const asked = { rangeMs: 2 * MINUTE };
    expect(parsed(await ask(3 * MINUTE, asked))).toMatchObject({ pinned_at_start: true, what_if: { elections: 0 } });
    const released = { ...written, outcome: 'released', sourceOffset: 2, replica: null };
    await stage.at(3 * MINUTE, commandOutput(TOPICS.commands, 'release', released));
    expect(parsed(await ask(3 * MINUTE, asked))).toMatchObject({ pinned_at_start: false, what_if: { elections: 2 } });
  });

  it('never looks at a body', async () => {
    await stage.at(0, clusterOutput());
    await stage.at(0, samplesOutput('a', [sample(0)], { value: Uint8Array.of(255) }));
    expect(parsed(await ask(MINUTE))).toMatchObject({ records: 1, configured: { elections: 1 } });
  });

  it('says when the log had other elections than the replay, and when a start would refuse the settings', async () => {
    await twoPauses();
    await stage.at(3 * MINUTE, electionOutput(), electionOutput({ epoch: 2, electedAtMs: T0 + 90 * SECOND }));
    const { notes } = await ask(3 * MINUTE, { instead: { failoverTimeoutMs: 1500 } });
    expect(notes.join('\n')).toContain('the log has 2 elections in this range, the replay as configured 1');
    expect(notes.join('\n')).toContain(
      'a start would refuse these settings: dedup.failover_timeout: it must be at least 2000 ms',
    );
  });

  it('says what is not in the range: older records, or all of them', async () => {
    await twoPauses();
    expect((await ask(3 * MINUTE, { rangeMs: 60 * MINUTE })).notes).toContain(
      'records are kept from 2026-03-01T12:00:00.000Z on: nothing before was replayed',
    );
    expect((await ask(60 * MINUTE, { rangeMs: MINUTE })).notes).toContain(
      'no record of the cluster is in the range: --range reaches farther back',
    );
  });

  it('counts records whose headers cannot be read', async () => {
    await stage.at(0, clusterOutput(), { ...samplesOutput('a', [sample(0)]), headers: {} });
    expect((await ask(MINUTE)).notes.join()).toContain('1 record of tandem.samples cannot be read');
  });

  it('ends with 1 and the nearest name for a cluster that is not there', async () => {
    await stage.at(0, clusterOutput());
    await expect(ask(MINUTE, { cluster: 'pord' })).rejects.toMatchObject({ exitCode: 1 });
  });

  it('tells how far it has come, but not when that takes no time', async () => {
    await twoPauses();
    const lines: string[] = [];
    let nowMs = 0;
    const tell = progressLines({ doing: 'replaying', write: (line) => lines.push(line), now: () => (nowMs += 900) });
    for (const done of [0.1, 0.2, 0.42, 0.5, 1]) tell(done);
    expect(lines).toEqual(['replaying: 42 %']);
    const seen: number[] = [];
    await ask(3 * MINUTE, { onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(1);
  });
});
