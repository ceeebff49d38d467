import { describe, expect, test } from '@jest/globals';
import { createMetrics, type LogFields, type Logger, NO_LOGGER } from '@tandem/telemetry';

import { instanceOf, recordOf, TOPICS, waitFor, type Sample, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

/** A record of 40 samples, made a second before it is received. */
function sent(replica: string, at: number, madeAt = at - 1, series = 40): Sent {
  return { at, replica, samples: Array.from({ length: series }, (_, i): Sample => [`s${i}`, madeAt]) };
}

/** A Prometheus with remote write, in the words of a test. */
interface Prometheus {
  readonly replica: string;
  readonly protocol: '1.0' | '2.0';
  readonly shards: number;
  /** Spreads its targets over the interval, as a host's name does. */
  readonly host?: number;
  /** Every third request is sent again. */
  readonly retries?: boolean;
}

/** Twelve targets scraped every 15 s, each at a moment of its own; a shard of the queue sends every 5 s what is its. */
function prometheus({ replica, protocol, shards, host = 1, retries = false }: Prometheus): readonly Sent[] {
  const requests: Sent[] = [];
  for (let at = 5; at < 450; at += 5) {
    const scraped = scrapedBefore(at, host);
    for (let shard = 0; shard < shards; shard++) {
      const samples = scraped.filter((_, series) => series % shards === shard).flat();
      if (samples.length === 0) continue;
      // Shards are not in step: the later ones come up to 4 s later, behind the next of others.
      const request = { at: at + ((shard * 7) % 9) / 2, replica, protocol, samples };
      requests.push(request);
      if (retries && (at / 5 + shard) % 3 === 0) requests.push({ ...request, at: request.at + 0.5 });
    }
  }
  return requests;
}

/** Of each series of a host, four a target, the sample scraped in the 5 s before, if there is one. */
function scrapedBefore(at: number, host: number): readonly (readonly Sample[])[] {
  return Array.from({ length: 48 }, (_, series) => {
    const target = Math.floor(series / 4);
    const offset = ((target * 7919 + host * 104_729) % 1500) / 100;
    const scraped = Math.ceil((at - 5 - offset) / 15) * 15 + offset;
    return scraped < 0 || scraped >= at ? [] : [[`s${series}`, scraped]];
  });
}

async function outcomeOf(records: readonly Sent[]) {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, records.toSorted((a, b) => a.at - b.at).map(recordOf));
  const warnings: (readonly [LogFields, string])[] = [];
  const logger: Logger = { ...NO_LOGGER, warn: (fields, message) => warnings.push([fields, message]) };
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const log = new SimulatedLog(storage);
  const service = instanceOf({ log, leases: new ScriptedLeases(), metrics, logger });
  await service.start(new AbortController().signal);
  await waitFor(() => storage.drained(TOPICS.samples), 'everything to be committed');
  const { clusters } = service.status();
  const text = await metrics.render();
  await service.stop();
  const verdicts = Object.fromEntries((clusters[0]?.replicas ?? []).map(({ replica, verdict }) => [replica, verdict]));
  return { verdicts, warnings, text };
}

const steps = Array.from({ length: 30 }, (_, i) => i * 15);

describe('what is said of senders', () => {
  test('a pair that is set up right is ok, and nobody is told', async () => {
    const { verdicts, warnings, text } = await outcomeOf(steps.flatMap((at) => [sent('a', at), sent('b', at + 5)]));
    expect(verdicts).toEqual({ a: 'ok', b: 'ok' });
    expect(warnings).toEqual([]);
    expect(text).toContain('tandem_dedup_sender_verdict{user="t",cluster="c",replica="a",verdict="ok"} 1');
  });

  test('a replica without another one is named, once', async () => {
    const { verdicts, warnings } = await outcomeOf(steps.map((at) => sent('a', at)));
    expect(verdicts).toEqual({ a: 'alone' });
    expect(warnings).toEqual([
      [
        { tenant: 't', cluster: 'c', replica: 'a', verdict: 'alone' },
        'no other replica of the cluster is heard: nobody would take over',
      ],
    ]);
  });

  test('two senders of one name are named by their repeats', async () => {
    const { verdicts } = await outcomeOf(
      steps.flatMap((at) => [sent('a', at), sent('a', at + 5, at - 1, 39), sent('b', at + 6)]),
    );
    expect(verdicts).toEqual({ a: 'shared', b: 'ok' });
  });

  test('two senders of one name are named though their clocks differ, where one reaches back behind the other', async () => {
    const { verdicts } = await outcomeOf(
      steps.flatMap((at) => [sent('a', at), sent('a', at + 5, at - 4), sent('b', at + 6)]),
    );
    expect(verdicts).toMatchObject({ a: 'shared' });
  });

  test.each(['1.0', '2.0'] as const)(
    'V2: a queue of %s with many shards, whose requests come out of order and again, is one sender',
    async (protocol) => {
      const { verdicts } = await outcomeOf(prometheus({ replica: 'a', protocol, shards: 6, retries: true }));
      expect(verdicts).toEqual({ a: 'alone' });
    },
  );

  test.each(['1.0', '2.0'] as const)(
    'V2: two of %s with one replica name, each with a beat of its own, are two',
    async (protocol) => {
      for (const shards of [1, 6]) {
        const { verdicts } = await outcomeOf([
          ...prometheus({ replica: 'a', protocol, shards, host: 1 }),
          ...prometheus({ replica: 'a', protocol, shards, host: 2 }),
          ...prometheus({ replica: 'b', protocol, shards, host: 3 }),
        ]);
        expect(verdicts).toEqual({ a: 'shared', b: 'ok' });
      }
    },
  );

  test('a clock that is ahead is named with by how much', async () => {
    const { verdicts, warnings } = await outcomeOf(steps.flatMap((at) => [sent('a', at), sent('b', at + 5, at + 25)]));
    expect(verdicts).toEqual({ a: 'ok', b: 'clock-ahead' });
    expect(warnings[0]?.[0]).toMatchObject({ replica: 'b', ahead_ms: 21_000 });
  });
});
