import { describe, expect, test } from '@jest/globals';
import {
  decodeDedupedHeaders,
  decodeSamplesHeaders,
  encodeDedupedHeaders,
  encodeSamplesHeaders,
  encodeWatermark,
  isWatermark,
  watermarkOf,
  type SamplesHeaders,
} from '../src/index.ts';

const HEADERS: SamplesHeaders = {
  tenant: 'anonymous',
  pair: { cluster: 'eu-1', replica: 'a' },
  shard: 3,
  protocol: '2.0',
  samples: 2000,
  span: { minTimestampMs: 1_700_000_000_000, maxTimestampMs: 1_700_000_005_000 },
  receivedAtMs: 1_700_000_005_100,
  downTargets: ['00000000deadbeef', '0123456789abcdef'],
  upSamples: 12,
  downSamples: 3,
};

describe('headers of samples', () => {
  test('they are read back as they were written', () => {
    expect(decodeSamplesHeaders(encodeSamplesHeaders(HEADERS))).toEqual({ ok: true, headers: HEADERS });
  });

  test('a record of no pair has neither cluster nor replica', () => {
    const { pair, shard, ...unpaired } = HEADERS;
    const encoded = encodeSamplesHeaders(unpaired);
    expect(pair === undefined || shard === undefined).toBe(false);
    expect(Object.keys(encoded)).not.toEqual(expect.arrayContaining(['cluster']));
    expect(decodeSamplesHeaders(encoded)).toEqual({ ok: true, headers: unpaired });
  });

  test('a body without samples has no span', () => {
    const { span, ...empty } = { ...HEADERS, samples: 0 };
    expect(span).toBeDefined();
    expect(decodeSamplesHeaders(encodeSamplesHeaders(empty))).toEqual({ ok: true, headers: empty });
  });

  test('the names and the text are the contract', () => {
    expect(encodeSamplesHeaders(HEADERS)).toEqual({
      version: '1',
      tenant: 'anonymous',
      cluster: 'eu-1',
      replica: 'a',
      shard: '3',
      protocol: '2.0',
      samples: '2000',
      'min-ts': '1700000000000',
      'max-ts': '1700000005000',
      'received-at': '1700000005100',
      'down-targets': '00000000deadbeef,0123456789abcdef',
      'up-samples': '12',
      'down-samples': '3',
    });
  });

  test('only the first 64 targets that are down are named', () => {
    const encoded = encodeSamplesHeaders({ ...HEADERS, downTargets: Array<string>(70).fill('00000000deadbeef') });
    expect(encoded['down-targets']?.split(',')).toHaveLength(64);
    expect(decodeSamplesHeaders(encoded).ok).toBe(true);
  });

  test('headers of the neighbouring versions are read, unknown headers passed over', () => {
    const encoded = encodeSamplesHeaders(HEADERS);
    expect(decodeSamplesHeaders({ ...encoded, version: '2', 'new-thing': 'x' })).toEqual({
      ok: true,
      headers: HEADERS,
    });
    expect(decodeSamplesHeaders({ ...encoded, version: '0' }).ok).toBe(true);
  });

  test.each([
    ['version', '3', 'version 3 is too far from 1'],
    ['version', '', 'it is missing'],
    ['tenant', '', 'it is missing'],
    ['cluster', '', 'a replica without a cluster'],
    ['replica', '', 'a cluster without a replica'],
    ['protocol', '3.0', '"3.0" is neither "1.0" nor "2.0"'],
    ['samples', '-1', '"-1" is not a whole number from 0 up'],
    ['samples', '1e3', '"1e3" is not a whole number from 0 up'],
    ['min-ts', '', 'it is missing'],
    ['min-ts', '1700000005001', 'is after max-ts'],
    ['max-ts', '99999999999999999999', 'is not a whole number'],
    ['min-ts', String(-(2 ** 52)), 'is beyond 2^52 ms'],
    ['received-at', 'soon', '"soon" is not a whole number'],
    ['shard', '-1', 'is not a whole number from 0 up'],
    ['down-targets', 'up', 'is not 16 hexadecimal digits'],
    ['down-targets', Array(65).fill('00000000deadbeef').join(','), 'more than 64 targets'],
  ])('a bad %s (%j) is named', (header, value, problem) => {
    const decoded = decodeSamplesHeaders({ ...encodeSamplesHeaders(HEADERS), [header]: value });
    expect(decoded).toMatchObject({ ok: false, header });
    expect(decoded).toHaveProperty('problem', expect.stringContaining(`cannot read header "${header}"`));
    expect(decoded).toHaveProperty('problem', expect.stringContaining(problem));
  });

  test('a header named like a property of every object is not taken from its prototype', () => {
    expect(decodeSamplesHeaders({})).toMatchObject({ ok: false, header: 'version' });
  });
});

describe('headers of deduped', () => {
  const { downTargets, upSamples, downSamples, ...common } = HEADERS;
  const deduped = { ...common, epoch: 4, sourcePartition: 2, sourceOffset: 991, highTimestampMs: 1_699_999_999_000 };

  test('they are read back as they were written', () => {
    expect([downTargets.length, upSamples, downSamples]).toEqual([2, 12, 3]);
    expect(decodeDedupedHeaders(encodeDedupedHeaders(deduped))).toEqual({ ok: true, headers: deduped });
  });

  test('so are the watermark before a record, and that its samples are out of order', () => {
    const more = { ...deduped, watermarkMs: 1_699_999_930_000, outOfOrder: true as const };
    expect(decodeDedupedHeaders(encodeDedupedHeaders(more))).toEqual({ ok: true, headers: more });
  });

  test('a record of a pair has an epoch', () => {
    expect(decodeDedupedHeaders({ ...encodeDedupedHeaders(deduped), epoch: '' })).toMatchObject({ header: 'epoch' });
    expect(decodeDedupedHeaders({ ...encodeDedupedHeaders(deduped), epoch: '0' })).toMatchObject({ header: 'epoch' });
  });

  test('a record of no pair has none', () => {
    const { pair, epoch, ...unpaired } = deduped;
    expect(pair === undefined || epoch === 0).toBe(false);
    expect(decodeDedupedHeaders(encodeDedupedHeaders(unpaired))).toEqual({ ok: true, headers: unpaired });
  });
});

describe('a watermark', () => {
  test('is told from records of samples, and names its time', () => {
    const headers = encodeWatermark(1_699_999_930_000);
    expect([isWatermark(headers), watermarkOf(headers)]).toEqual([true, 1_699_999_930_000]);
    expect([isWatermark(encodeSamplesHeaders(HEADERS)), watermarkOf(encodeSamplesHeaders(HEADERS))]).toEqual([
      false,
      undefined,
    ]);
  });

  test('that cannot be read is none', () => {
    expect(watermarkOf({ ...encodeWatermark(0), watermark: 'soon' })).toBeUndefined();
  });
});
