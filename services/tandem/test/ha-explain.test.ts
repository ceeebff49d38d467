import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeWatermark } from '@tandem/records';
import { partitionKey, type OutgoingRecord } from '@tandem/stream';

import { explainSeries, type ExplainQuery } from '../src/ha/explain-series.ts';
import { type Report } from '../src/ha/report.ts';
import { parseSelector, type Matchers } from '../src/ha/series-selector.ts';
import { clusterOutput, electionOutput, T0, TOPICS } from './ha-log.ts';
import { dedupedOutput, sample, SamplesLog, samplesOutput } from './samples-log.ts';

const SECOND = 1000;
const SETTINGS = {
  clusterLabel: 'cluster',
  replicaLabel: '__replica__',
  group: 'tandem.dedup',
  seamWindowMs: 120 * SECOND,
  maxDecodedBytes: 1_000_000,
};

let stage: SamplesLog;
beforeEach(async () => {
  stage = await new SamplesLog().create();
  await stage.at(0, clusterOutput());
});
afterEach(() => stage.log.close());

function matchersOf(text: string): Matchers {
  const read = parseSelector(text);
  if (!read.ok) throw new Error(read.problem);
  return read.matchers;
}

/** Dedup has committed everything below an offset of `samples`. */
function commit(position: number): void {
  stage.storage.group(SETTINGS.group).positions.set(partitionKey({ topic: TOPICS.samples, partition: 0 }), position);
}

function ask(series = 'load{cluster="prod"}', over: Partial<ExplainQuery> = {}): Promise<Report> {
  const query = {
    tenant: undefined,
    json: true,
    timeMs: T0 + 60 * SECOND,
    windowMs: 30 * SECOND,
    searchMs: 600 * SECOND,
  };
  return explainSeries(stage.log, TOPICS, { ...query, matchers: matchersOf(series), ...over }, SETTINGS);
}

interface Copy {
  readonly time: string;
  readonly replica: string;
  readonly verdict: string;
  readonly detail: string;
}
const parsed = ({ text }: Report): { readonly copies: readonly Copy[]; readonly conclusion: string } =>
  JSON.parse(text) as { readonly copies: readonly Copy[]; readonly conclusion: string };

/** Replica, second after T0 and verdict of each copy. */
async function verdicts(series?: string, over?: Partial<ExplainQuery>): Promise<readonly string[]> {
  const { copies } = parsed(await ask(series, over));
  return copies.map(({ replica, time, verdict }) => `${replica} ${(Date.parse(time) - T0) / SECOND} ${verdict}`);
}

const first = electionOutput({ sourceOffset: 0 });
const failover = (sourceOffset: number, heardAt: number, electedAt: number): OutgoingRecord =>
  electionOutput({
    epoch: 2,
    replica: 'b',
    reason: 'failover',
    electedAtMs: T0 + electedAt * SECOND,
    previousReplica: 'a',
    previousReceivedAtMs: T0 + heardAt * SECOND,
    sourceOffset,
  });
const a = (second: number, value: number | 'stale' = second): OutgoingRecord =>
  samplesOutput('a', [sample(second * SECOND, value)]);
const b = (second: number, value: number | 'stale' = second): OutgoingRecord =>
  samplesOutput('b', [sample(second * SECOND, value)]);
const out = (
  replica: string,
  epoch: number,
  sourceOffset: number,
  at: number | readonly [number, 'stale'],
): OutgoingRecord => {
  const [second, value] = typeof at === 'number' ? [at, at] : at;
  return dedupedOutput({ replica, epoch, sourceOffset }, [sample(second * SECOND, value)]);
};

/** a sends at 40 and 50 and dies; b sends at 44, 54, 64, 74 and is elected by the last; 54 and 64 are read again. */
async function aFailover(): Promise<void> {
  await stage.at(40_000, a(40), out('a', 1, 0, 40), first);
  await stage.at(44_000, b(44));
  await stage.at(50_000, a(50), out('a', 1, 2, 50));
  await stage.at(54_000, b(54));
  await stage.at(64_000, b(64));
  await stage.at(74_000, b(74), failover(5, 50, 74));
  await stage.at(75_000, out('b', 2, 4, 64), out('b', 2, 5, 74));
  commit(6);
}

describe('tandem ha explain', () => {
  it('says of each copy around a failover whether it came out, under which epoch, and why not', async () => {
    await aFailover();
    const { text } = await ask();
    expect(JSON.parse(text)).toMatchObject({
      tenant: 't',
      cluster: 'prod',
      series: 'load{cluster="prod", instance="x:9100"}',
      time: '2026-03-01T12:01:00.000Z',
      copies: [
        { replica: 'a', offset: 0, verdict: 'emitted', epoch: 1, deduped_offset: 0, value: '40', elected: 'a' },
        { replica: 'b', offset: 1, verdict: 'standby', epoch: 1, elected: 'a', elected_epoch: 1, deduped_offset: null },
        { replica: 'a', offset: 2, verdict: 'emitted', epoch: 1, deduped_offset: 1 },
        { replica: 'b', offset: 3, verdict: 'held-back', epoch: 2 },
        { replica: 'b', offset: 4, verdict: 'read-again', epoch: 2, elected: 'a', deduped_offset: 2 },
        { replica: 'b', offset: 5, verdict: 'emitted', epoch: 2, elected: 'b', elected_epoch: 2, deduped_offset: 3 },
      ],
      came_out_without_copy: [],
    });
  });

  it('says of a target that was filled what came out in its place, and what was held', async () => {
    await stage.at(40_000, a(40), out('a', 1, 0, 40), first);
    await stage.at(44_000, b(44));
    await stage.at(50_000, a(50, 'stale'));
    await stage.at(54_000, b(54));
    await stage.at(55_000, dedupedOutput({ replica: 'b', epoch: 1, sourceOffset: 3, fill: 2 }, [sample(54_000)]));
    commit(4);
    expect(await verdicts()).toEqual(['a 40 emitted', 'b 44 standby', 'a 50 held-in-fill', 'b 54 filled']);
    const { text: people } = await ask(undefined, { json: false });
    expect(people).toContain('held back: the target was filled from b (epoch 1)');
    expect(people).toContain('1 of b (epoch 1, filled)');
  });

  it('says the same for people, and ends with what came out and why', async () => {
    await aFailover();
    const { text, notes } = await ask(undefined, { json: false });
    expect(notes).toEqual([]);
    expect(text).toMatch(/^TIME +VALUE +REPLICA +APPENDED +PARTITION\/OFFSET +VERDICT$/m);
    expect(text).toMatch(
      /^2026-03-01T12:00:40.000Z +40 +a +2026-03-01T12:00:40.000Z +0\/0 +emitted under epoch 1: deduped 0\/0$/m,
    );
    expect(text).toMatch(
      / b .* 0\/1 +standby: a was elected \(epoch 1\); at the seam of epoch 2 what had come out was as new or newer$/m,
    );
    expect(text).toMatch(
      / 0\/3 +held back at the seam of epoch 2: 4\.0s behind the last one, under half an interval, or a counter below its value$/m,
    );
    expect(text).toMatch(/ 0\/4 +emitted, read again at the seam of epoch 2: deduped 0\/2$/m);
    expect(text.split('\n').at(-1)).toBe(
      'What came out within 30.0s of 2026-03-01T12:01:00.000Z: 2 of a (epoch 1), 1 of b (epoch 2, read again at its seam), ' +
        '1 of b (epoch 2); what did not: 1 of b (standby), 1 of b (held back at a seam). ' +
        'b was elected at 2026-03-01T12:01:14.000Z (epoch 2, failover: a had been silent for 24.0s).',
    );
  });

  it('says who was elected even where all that is shown came out at one seam', async () => {
    await aFailover();
    const { conclusion } = parsed(await ask(undefined, { windowMs: 5 * SECOND, timeMs: T0 + 64 * SECOND }));
    expect(conclusion).toContain('1 of b (epoch 2, read again at its seam). b was elected at 2026-03-01T12:01:14.000Z');
  });

  it('tells a standby outside of any seam from one that was read again', async () => {
    await stage.at(50_000, a(50), out('a', 1, 0, 50), first);
    await stage.at(54_000, b(54));
    commit(2);
    const { text } = await ask(undefined, { json: false });
    expect(text).toMatch(/standby: a was elected \(epoch 1\)$/m);
  });

  it('tells a repeat, with what it repeats, from what is out of order', async () => {
    await stage.at(50_000, a(50), out('a', 1, 0, 50), a(50), a(60), out('a', 1, 2, 60), a(55), first);
    commit(4);
    expect(await verdicts()).toEqual(['a 50 emitted', 'a 50 repeat', 'a 55 out-of-order', 'a 60 emitted']);
    const { copies } = parsed(await ask());
    expect(copies.map(({ detail }) => detail)).toContain('repeat: the same time came out of 0/0 before (deduped 0/0)');
    expect(copies.map(({ detail }) => detail)).toContain(
      'out of order, not passed on: older than what had come out, 2026-03-01T12:01:00.000Z of 0/2 (deduped 0/1)',
    );
  });

  it('says of what is older than the last four that it cannot be told from a repeat', async () => {
    const times = [40, 45, 50, 55, 60];
    for (const [i, at] of times.entries()) await stage.at(at * SECOND, a(at), out('a', 1, i, at));
    await stage.at(61_000, a(42), first);
    commit(6);
    expect(await verdicts()).toContain('a 42 older');
  });

  it('says what came out though it is out of order, as its tenant allows', async () => {
    const passed = dedupedOutput({ replica: 'a', epoch: 1, sourceOffset: 2, outOfOrder: true }, [sample(55_000)]);
    await stage.at(50_000, a(50), out('a', 1, 0, 50), a(60), out('a', 1, 1, 60), a(55), passed, first);
    await stage.at(61_000, {
      topic: TOPICS.deduped,
      partition: 0,
      key: null,
      value: null,
      headers: encodeWatermark(T0),
    });
    commit(3);
    expect(await verdicts()).toEqual(['a 50 emitted', 'a 55 emitted', 'a 60 emitted']);
    const report = await ask();
    expect(parsed(report).copies[1]?.detail).toBe('emitted, out of order under epoch 1: deduped 0/2');
    expect(report.notes).toEqual([]);
  });

  it('counts a time that a record has twice as having come out once', async () => {
    const twice = samplesOutput('a', [sample(50_000, 1), sample(50_000, 2)]);
    await stage.at(50_000, twice, out('a', 1, 0, 50), first);
    expect(await verdicts()).toEqual(['a 50 emitted', 'a 50 repeat']);
  });

  it('says that dedup has not come so far, and how far it has', async () => {
    await stage.at(50_000, a(50), out('a', 1, 0, 50), a(60), first);
    commit(1);
    expect(await verdicts()).toEqual(['a 50 emitted', 'a 60 not-yet']);
    expect(parsed(await ask()).copies[1]?.detail).toBe('not yet: dedup has come to 0/1');
  });

  it('says what is not known rather than guess', async () => {
    await stage.at(50_000, a(50), first);
    commit(1);
    const { copies, conclusion } = parsed(await ask());
    expect(copies).toMatchObject([
      { verdict: 'unknown', detail: 'no copy came out though its replica was elected (epoch 1): why is not known' },
    ]);
    expect(conclusion).toBe('Nothing came out; what was sent: 1 of a (not out for a reason that is not known).');
  });

  it('says that deduped goes on behind what was read of it', async () => {
    await stage.at(50_000, a(50), first);
    await stage.at(200_000, out('a', 1, 0, 50));
    commit(1);
    const short = { searchMs: 60 * SECOND };
    expect(parsed(await ask(undefined, short)).copies[0]?.detail).toContain(
      'in what was read of deduped (--search reads on)',
    );
    expect(await verdicts()).toEqual(['a 50 emitted']);
  });

  it('does not claim a seam was read where nothing behind the copy has come out', async () => {
    await stage.at(50_000, a(50), out('a', 1, 0, 50), first);
    await stage.at(60_000, b(60));
    await stage.at(80_000, b(80), failover(2, 50, 80));
    commit(3);
    expect(await verdicts()).toEqual(['a 50 emitted', 'b 60 unknown', 'b 80 unknown']);
  });

  it('says that no election is kept where a record lies before all of them', async () => {
    await stage.at(50_000, a(50));
    commit(1);
    expect(parsed(await ask()).copies[0]?.detail).toContain('no election of the cluster before it is kept');
  });

  it('shows stale markers as such, and the one dedup made at a seam', async () => {
    await stage.at(40_000, a(40, 'stale'), out('a', 1, 0, [40, 'stale']), first);
    await stage.at(
      50_000,
      samplesOutput('b', [sample(50_000)], { labels: { __name__: 'other' } }),
      failover(1, 40, 50),
    );
    await stage.at(51_000, out('b', 2, 1, [45, 'stale']));
    commit(2);
    expect(JSON.parse((await ask()).text)).toMatchObject({
      copies: [{ kind: 'stale', value: null, verdict: 'emitted' }],
      came_out_without_copy: [{ kind: 'stale', value: null, epoch: 2, source_offset: 1, origin: 'made-at-seam' }],
    });
    const { text } = await ask(undefined, { json: false });
    expect(text).toMatch(
      / stale marker +2 +0\/1 +0\/1 +made at the seam: the replica elected then does not have the series$/m,
    );
    expect(text).toContain('1 stale marker made at the seam (epoch 2)');
  });

  it('says that the source of something that came out was not read', async () => {
    await stage.at(50_000, a(50), out('a', 1, 7, 55), first);
    const { text } = await ask(undefined, { json: false });
    expect(text).toContain('its record is not among those read: --search reads on, or retention has removed it');
  });

  it('lists the series that match where there are several, twenty at most, and asks for more matchers', async () => {
    for (let i = 0; i < 25; i++) {
      const labels = { __name__: 'load', instance: String(i).padStart(2, '0') };
      await stage.at(50_000, samplesOutput('a', [sample(50_000)], { labels }));
    }
    const error: unknown = await ask().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exitCode: 2 });
    const { message } = error as Error;
    const lines = message.split('\n');
    expect(lines[0]).toContain('more matchers are needed');
    expect(lines[1]).toBe('  load{cluster="prod", instance="00"}');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('  … and 5 more');
    expect(await verdicts('load{cluster="prod", instance="03"}')).toEqual(['a 50 not-yet']);
  });

  it('passes over bodies that cannot be decoded, and counts them', async () => {
    const broken = { value: Uint8Array.of(1, 2, 3) };
    await stage.at(50_000, samplesOutput('a', [sample(50_000)], broken), a(55), first);
    await stage.at(50_000, dedupedOutput({ replica: 'a', epoch: 1, sourceOffset: 0 }, [sample(50_000)], broken));
    const { notes } = await ask();
    expect(notes).toEqual([
      '1 record of tandem.samples cannot be decoded, and passed over',
      '1 record of tandem.deduped cannot be decoded, and passed over',
    ]);
  });

  it('does not decode what its headers say lies elsewhere, of other clusters or other times', async () => {
    const broken = { value: Uint8Array.of(1, 2, 3) };
    await stage.at(50_000, samplesOutput('a', [sample(50_000)], { ...broken, cluster: 'other' }));
    await stage.at(50_000, samplesOutput('a', [sample(600_000)], broken), samplesOutput('a', [sample(-1_000)], broken));
    expect((await ask()).notes).toEqual([]);
  });

  it('says that nothing was found', async () => {
    const { text } = await ask('load{cluster="prod",instance="y"}', { json: false });
    expect(text).toMatch(/^series +load\{cluster="prod", instance="y"\}$/m);
    expect(text).toContain('Nothing came out: no sample of this series within 30.0s of 2026-03-01T12:01:00.000Z');
  });

  it.each([
    ['load', 2, 'a matcher of the label "cluster" is missing'],
    ['load{cluster=""}', 2, 'a matcher of the label "cluster" is missing'],
    ['load{cluster="prod",__replica__="a"}', 2, 'must not name a replica'],
    ['load{cluster="pord"}', 1, 'did you mean "prod"?'],
  ])('refuses %s', async (series, exitCode, message) => {
    await expect(ask(series)).rejects.toMatchObject({ exitCode, message: expect.stringContaining(message) as unknown });
  });
});
