import { describe, expect, it } from '@jest/globals';
import { decodeSamplesHeaders, type SamplesHeaders } from '@tandem/records';
import { compress, decode, decompress, type Protocol } from '@tandem/remote-write';
import { partitionOf, type OutgoingRecord } from '@tandem/stream';

import { planRequest, type Plan } from '../src/plan.ts';
import { type Refusal } from '../src/refusal.ts';
import { body, SETTINGS, T0, type SeriesSpec } from './requests.ts';

const A: SeriesSpec = { cluster: 'c1', replica: 'a' };
const B: SeriesSpec = { cluster: 'c1', replica: 'b' };

function plan(bytes: Uint8Array, protocol: Protocol = 'v1', settings = SETTINGS): Plan | Refusal {
  return planRequest({ protocol, tenant: 't', body: bytes, receivedAtMs: T0 + 5 }, settings);
}

function planned(specs: readonly SeriesSpec[], protocol: Protocol = 'v1', settings = SETTINGS): Plan {
  const result = plan(body(specs, protocol), protocol, settings);
  if (!result.ok) throw new Error(result.message);
  return result;
}

function headersOf(record: OutgoingRecord): SamplesHeaders {
  const decoded = decodeSamplesHeaders(record.headers ?? {});
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.headers;
}

function namesIn(record: OutgoingRecord, protocol: Protocol): string[] {
  const inflated = decompress(record.value ?? new Uint8Array(), 1 << 24);
  if (!inflated.ok) throw new Error(inflated.problem.message);
  const decoded = decode(protocol, inflated.data);
  if (!decoded.ok) throw new Error(decoded.problem.message);
  return decoded.series.map(({ labels }) => labels.find(({ name }) => name === '__name__')?.value ?? '');
}

describe.each(['v1', 'v2'] as const)('planning a %s request', (protocol) => {
  it('passes the body of one replica on as it came, keyed by tenant and cluster', () => {
    const bytes = body(
      [
        { ...A, name: 'x' },
        { ...A, name: 'y', timestampMs: T0 + 10 },
      ],
      protocol,
    );
    const result = plan(bytes, protocol);
    if (!result.ok) throw new Error(result.message);
    const [record, ...others] = result.records;
    expect(others).toEqual([]);
    expect(record?.value).toBe(bytes);
    expect(result.untouched).toBe(true);
    expect(Buffer.from(record?.key ?? []).toString()).toBe('t/c1');
    expect(record?.partition).toBe(partitionOf(Buffer.from('t/c1'), SETTINGS.partitions));
  });

  it('tells in the headers what a reader needs without opening the body', () => {
    const [record] = planned(
      [
        { ...A, timestampMs: T0 },
        { ...A, name: 'y', timestampMs: T0 + 10 },
      ],
      protocol,
    ).records;
    expect(record && headersOf(record)).toEqual({
      tenant: 't',
      pair: { cluster: 'c1', replica: 'a' },
      protocol: protocol === 'v1' ? '1.0' : '2.0',
      samples: 2,
      span: { minTimestampMs: T0, maxTimestampMs: T0 + 10 },
      receivedAtMs: T0 + 5,
      downTargets: [],
    });
  });

  it('names the targets that are down', () => {
    const up = { ...A, name: 'up', labels: { job: 'node', instance: 'h:1' }, value: 0 };
    const [record] = planned([up], protocol).records;
    expect(record && headersOf(record)).toMatchObject({
      downTargets: [expect.any(String)],
      upSamples: 1,
      downSamples: 1,
    });
  });

  it('splits a request of two replicas, so that each record is of one', () => {
    const { records, untouched } = planned(
      [
        { ...A, name: 'x' },
        { ...B, name: 'y' },
        { ...A, name: 'z' },
      ],
      protocol,
    );
    expect(untouched).toBe(false);
    const found = records.map((record) => [headersOf(record).pair?.replica, namesIn(record, protocol)]);
    expect(found).toEqual([
      ['a', ['x', 'z']],
      ['b', ['y']],
    ]);
  });

  it('splits a request of two clusters into their partitions', () => {
    const { records } = planned([A, { ...A, cluster: 'c2' }], protocol);
    expect(records.map((record) => Buffer.from(record.key ?? []).toString())).toEqual(['t/c1', 't/c2']);
  });

  it('spreads series without both labels over the partitions, none lost', () => {
    const specs = Array.from({ length: 40 }, (_, index) => ({ cluster: 'c1', name: `m${index}` }));
    const { records } = planned(specs, protocol);
    expect(records.length).toBeGreaterThan(1);
    for (const record of records) {
      expect(headersOf(record).pair).toBeUndefined();
      expect(Buffer.from(record.key ?? []).toString()).toBe(`t//${record.partition}`);
    }
    expect(records.flatMap((record) => namesIn(record, protocol)).sort()).toEqual(specs.map(({ name }) => name).sort());
  });

  it('splits a body that is larger than a record may be by series, none lost and none too large', () => {
    const specs = Array.from({ length: 400 }, (_, index) => ({
      ...A,
      name: `m${index}`,
      labels: {
        noise: Buffer.from(`${index * 7919}${index}`)
          .toString('base64')
          .repeat(3),
      },
    }));
    const settings = { ...SETTINGS, maxRecordBytes: 2048 };
    const { records } = planned(specs, protocol, settings);
    expect(records.length).toBeGreaterThan(3);
    expect(Math.max(...records.map((record) => record.value?.length ?? 0))).toBeLessThanOrEqual(2048);
    expect(records.flatMap((record) => namesIn(record, protocol))).toEqual(specs.map(({ name }) => name));
    expect(records.reduce((sum, record) => sum + headersOf(record).samples, 0)).toBe(400);
  });

  it('refuses one series that is larger than a record may be with 413', () => {
    const noise = Array.from({ length: 3000 }, (_, index) => ((index * 2654435761) >>> 7).toString(36)).join('');
    const result = plan(body([{ ...A, labels: { noise } }], protocol), protocol, { ...SETTINGS, maxRecordBytes: 512 });
    expect(result).toMatchObject({ ok: false, status: 413, reason: 'series-too-large' });
  });

  it('leaves samples out that are too far in the future, takes the rest, and says so', () => {
    const specs = [
      { ...A, name: 'x' },
      { ...A, name: 'y', timestampMs: T0 + 700_000 },
    ];
    const { records, partial, summary, untouched } = planned(specs, protocol);
    expect(records.flatMap((record) => namesIn(record, protocol))).toEqual(['x']);
    expect({ samples: summary.samples, untouched }).toEqual({ samples: 1, untouched: false });
    expect(partial).toMatchObject({ status: 400, reason: 'too-far-in-future', droppedSamples: 1 });
  });

  it('makes no record of a request that is in the future altogether', () => {
    const { records, partial } = planned([{ ...A, timestampMs: T0 + 700_000 }], protocol);
    expect(records).toEqual([]);
    expect(partial?.droppedSamples).toBe(1);
  });

  it('refuses a cluster whose name is too long for keys and headers', () => {
    const long = { ...A, cluster: 'c'.repeat(2049) };
    expect(plan(body([long], protocol), protocol)).toMatchObject({
      ok: false,
      status: 400,
      reason: 'cluster-too-long',
    });
    expect(plan(body([A, long], protocol), protocol)).toMatchObject({ ok: false, reason: 'cluster-too-long' });
  });

  it('takes a request of nothing without a record', () => {
    expect(planned([], protocol).records).toEqual([]);
  });
});

describe('refusing a request', () => {
  const snappyOf4GiB = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]);

  it.each([
    ['a body that is not snappy', Buffer.from('not snappy at all'), 'corrupt-snappy'],
    ['a body that declares 4 GiB', snappyOf4GiB, 'too-large'],
    ['the framed format of snappy', Buffer.from('ff060000734e61507059', 'hex'), 'framed-snappy'],
  ])('answers %s with 400', (_name, bytes, reason) => {
    expect(plan(bytes)).toMatchObject({ ok: false, status: 400, reason });
  });

  it('answers a body that is not the protobuf message with 400', () => {
    expect(plan(compress(Buffer.from('not protobuf')))).toMatchObject({ ok: false, status: 400, reason: 'malformed' });
  });
});
