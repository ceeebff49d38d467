import { describe, expect, test } from '@jest/globals';
import { type DedupedHeaders, type SamplesHeaders } from '@tandem/records';

import { auditDeduped } from '../src/audit/audit-deduped.ts';
import { auditDelivery } from '../src/audit/audit-delivery.ts';
import { auditSamples } from '../src/audit/audit-samples.ts';
import { type Contents, type Opened } from '../src/audit/contents.ts';
import { Findings } from '../src/audit/findings.ts';
import { Oracle } from '../src/audit/oracle.ts';
import { Ledger } from '../src/load/ledger.ts';
import { type Sample } from '../src/samples.ts';

const FAILOVER_TIMEOUT_MS = 3000;
const COMMON = { tenant: 'anonymous', protocol: '1.0', samples: 1, receivedAtMs: 0 } as const;

function sample(replica: string, timestampMs: number): Sample {
  return { series: 'c0/s', replica, timestampMs, value: timestampMs };
}

/** A record of one sample, appended at the time of the sample. */
function sent(offset: number, replica: string, timestampMs: number): Opened<SamplesHeaders> {
  const headers = { ...COMMON, pair: { cluster: 'c0', replica }, downTargets: [] };
  return { partition: 0, offset, appendedMs: timestampMs, headers, samples: [sample(replica, timestampMs)] };
}

function passedOn(
  offset: number,
  from: Opened<SamplesHeaders>,
  epoch: number,
  highTimestampMs?: number,
): Opened<DedupedHeaders> {
  const headers = {
    ...COMMON,
    ...from.headers,
    epoch,
    sourcePartition: 0,
    sourceOffset: from.offset,
    ...(highTimestampMs === undefined ? {} : { highTimestampMs }),
  };
  return {
    partition: 0,
    offset,
    appendedMs: 0,
    headers,
    samples: from.samples.map((one) => ({ ...one, replica: '' })),
  };
}

/** a, its standby b, a again, a repeat of it; then silence, and b takes over with what it sent in the meantime. */
const A1 = sent(0, 'a', 1000);
const B1 = sent(1, 'b', 1001);
const A2 = sent(2, 'a', 2000);
const A2_AGAIN = { ...sent(3, 'a', 2000), appendedMs: 2010 };
const B2 = sent(4, 'b', 3510);
const B3 = sent(5, 'b', 5010);
const SAMPLES = [A1, B1, A2, A2_AGAIN, B2, B3];
const DEDUPED = [passedOn(0, A1, 1), passedOn(1, A2, 1, 1000), passedOn(2, B2, 2, 2000), passedOn(3, B3, 2, 3510)];
const EXPECTATION = new Oracle(FAILOVER_TIMEOUT_MS).judge(SAMPLES);

/** What the audit does not look at in a cluster. */
const QUIET = { pinned: false, activeMs: 0, handedOverAtMs: null, failoverTimeoutMs: null, replicas: [] };

function auditOf(deduped: readonly Opened<DedupedHeaders>[]): readonly string[] {
  const findings = new Findings();
  const elections = EXPECTATION.elections.map((one) => ({
    partition: 0,
    offset: 0,
    value: {
      ...one,
      tenant: 'anonymous',
      reason: 'failover',
      electedAtMs: 0,
      fromTimestampMs: null,
      previousReplica: null,
      previousReceivedAtMs: null,
      previousHighTimestampMs: null,
      detail: null,
    },
  }));
  const newest = { tenant: 'anonymous', cluster: 'c0', epoch: 2, replica: 'b', electedAtMs: 0, receivedAtMs: 0 };
  const clusters = [
    {
      partition: 0,
      offset: 0,
      value: {
        ...newest,
        ...QUIET,
        fromTimestampMs: null,
        sourceOffset: 4,
        seams: [],
        fills: [],
        watch: null,
        verdicts: [],
        shards: 1,
        heardAtMs: 0,
        silentMs: 0,
      },
    },
  ];
  const contents: Contents = { samples: SAMPLES, deduped, elections, clusters, rejects: [] };
  auditDeduped(contents, EXPECTATION, findings);
  return findings.lines.map((line) => line.split(':')[0] ?? '');
}

describe('the oracle', () => {
  test('elects the first, drops the standby and repeats, and elects the other one after the timeout', () => {
    expect(EXPECTATION.records.map(({ sourceOffset, epoch }) => [sourceOffset, epoch])).toEqual([
      [0, 1],
      [2, 1],
      [4, 2],
      [5, 2],
    ]);
    expect(EXPECTATION.elections.map(({ replica, silenceMs }) => [replica, silenceMs])).toEqual([
      ['a', undefined],
      ['b', 3000],
    ]);
  });
});

describe('the audit of deduped', () => {
  test('finds nothing where nothing is wrong', () => {
    expect(auditOf(DEDUPED)).toEqual([]);
  });

  test('finds a record that is missing, one that is there twice, and one of the standby', () => {
    expect(auditOf(DEDUPED.slice(0, 3))).toEqual(['missing in deduped']);
    const [first, second, ...third] = DEDUPED;
    if (first === undefined || second === undefined) throw new Error('two records');
    expect(auditOf([first, second, { ...second, offset: 9 }, ...third])).toEqual(
      expect.arrayContaining(['record twice in deduped', 'sample twice in deduped']),
    );
    expect(auditOf([first, passedOn(7, B1, 1, 1000), second, ...third])).toContain(
      'record in deduped that must not be there',
    );
    expect(auditOf([second, first, ...third])).toContain('series goes back in deduped');
  });

  test('finds a replica label, another epoch and another value', () => {
    const [first, ...rest] = DEDUPED;
    if (first === undefined) throw new Error('a record');
    expect(auditOf([{ ...first, samples: A1.samples }, ...rest])).toContain('replica label in deduped');
    expect(auditOf([passedOn(0, A1, 2), ...rest])).toEqual(['record under another election']);
    const other = first.samples.map((one) => ({ ...one, value: 7 }));
    expect(auditOf([{ ...first, samples: other }, ...rest])).toEqual(['samples of a record differ']);
  });
});

describe('the audit of samples', () => {
  const auditWith = (
    records: readonly Opened<SamplesHeaders>[],
    acknowledged: readonly Sample[],
  ): readonly string[] => {
    const ledger = new Ledger();
    ledger.sent([sample('a', 1000), sample('a', 2000), sample('b', 1001), sample('b', 3510), sample('b', 5010)]);
    ledger.acknowledged(acknowledged);
    const findings = new Findings();
    auditSamples(records, ledger, findings);
    return findings.lines.map((line) => line.split(':')[0] ?? '');
  };

  test('finds what was acknowledged and is not there, and what was never sent', () => {
    expect(auditWith(SAMPLES, [sample('a', 1000), sample('b', 5010)])).toEqual([]);
    expect(auditWith(SAMPLES.slice(1), [sample('a', 1000)])).toEqual(['acknowledged, not in samples']);
    expect(auditWith([...SAMPLES, sent(5, 'a', 6000)], [])).toEqual(['in samples, never sent']);
  });

  test('finds a first copy behind a newer sample of the same sender', () => {
    expect(auditWith([A2, A1], [sample('a', 1000), sample('a', 2000)])).toEqual([
      'acknowledged, but behind a newer one in samples',
    ]);
  });
});

describe('the audit of deliveries', () => {
  const auditDeliveries = (
    order: readonly number[],
  ): { readonly kinds: readonly string[]; readonly rewinds: number } => {
    const findings = new Findings();
    const deliveries = order.map((index) => ({ samples: DEDUPED[index]?.samples ?? [] }));
    const { rewinds } = auditDelivery(deliveries, DEDUPED.slice(0, 3), findings);
    return { kinds: findings.lines.map((line) => line.split(':')[0] ?? ''), rewinds };
  };

  test('takes whole requests that are sent again for what they are', () => {
    expect(auditDeliveries([0, 1, 1, 0, 1, 2])).toEqual({ kinds: [], rewinds: 1 });
  });

  test('finds what was passed over and what never arrived', () => {
    expect(auditDeliveries([0, 2, 1]).kinds).toEqual(['delivered before what precedes it']);
    expect(auditDeliveries([0, 1]).kinds).toEqual(['never delivered']);
  });
});
