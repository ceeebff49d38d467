import { describe, expect, test } from '@jest/globals';

import { AvroRecord, clusterRecord, electionRecord, rejectRecord, type Cluster, type Election } from '../src/index.ts';

const ELECTION: Election = {
  tenant: 'anonymous',
  cluster: 'eu-1',
  epoch: 2,
  replica: 'b',
  reason: 'failover',
  electedAtMs: 1_700_000_030_000,
  fromTimestampMs: 1_700_000_025_000,
  previousReplica: 'a',
  previousReceivedAtMs: 1_700_000_000_000,
  previousHighTimestampMs: 1_699_999_990_000,
  detail: 'lagging',
  sourcePartition: 1,
  sourceOffset: 4711,
};

const VACANT: Cluster = {
  tenant: 'anonymous',
  cluster: 'eu-1',
  epoch: 2,
  replica: null,
  electedAtMs: null,
  receivedAtMs: null,
  fromTimestampMs: null,
  sourceOffset: 4711,
  heardAtMs: null,
  silentMs: 0,
  pinned: false,
  seams: [],
  fills: [],
  watch: null,
  verdicts: [],
  shards: 1,
  activeMs: 0,
  handedOverAtMs: null,
  failoverTimeoutMs: null,
  replicas: [],
};

const REPLICA: Cluster['replicas'][number] = {
  replica: 'b',
  lastRecordMs: 1_700_000_030_000,
  highTimestampMs: 1_700_000_029_000,
  health: {
    lagMs: 1000,
    openLagMs: null,
    weighedSamples: 1 / 3,
    weighedSpanMs: 600_000.123,
    weighedToMs: 1_700_000_015_000,
    openSamples: 7,
    upSamples: 0.1 + 0.2,
    downSamples: 0,
    gapsMs: [14_000, 16_000],
    openGapMs: 0,
    stepsMs: [15_000, 15_001],
    openStepMs: 14_999,
    heardActiveMs: 90_000,
    digests: [-2_147_483_648, 5],
    better: 3,
  },
};

describe('records in Avro', () => {
  test('what was written is read back', () => {
    expect(electionRecord.decode(electionRecord.encode(ELECTION))).toEqual({ ok: true, value: ELECTION });
    const seam = { epoch: 2, replica: 'b', offset: 4711, electedAtMs: 1, forerunnerHeardAtMs: 0, forerunnerHighMs: -5 };
    const open: Cluster = { ...VACANT, replica: 'b', seams: [seam, { ...seam, epoch: 3 }], replicas: [REPLICA] };
    expect(clusterRecord.decode(clusterRecord.encode(open))).toEqual({ ok: true, value: open });
    expect(clusterRecord.decode(clusterRecord.encode(VACANT))).toEqual({ ok: true, value: VACANT });
  });

  test('the encoding is the single-object one, byte for byte', () => {
    const { value, headers } = clusterRecord.encode(VACANT);
    const body = Buffer.concat([
      Buffer.from([18]),
      Buffer.from('anonymous'),
      Buffer.from([8]),
      Buffer.from('eu-1'),
      Buffer.from([4, 0, 0, 0, 0, 0xce, 0x49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]),
    ]);
    expect(Buffer.from(value).subarray(0, 2).toString('hex')).toBe('c301');
    expect(Buffer.from(value).subarray(10).toString('hex')).toBe(body.toString('hex'));
    expect(headers).toEqual({ version: '1' });
  });

  test.each([
    ['no value', { value: null, headers: { version: '1' } }, 'it has no value'],
    ['another version', { value: Buffer.alloc(20), headers: { version: '7' } }, 'version 7 is too far from 1'],
    ['no version', { value: Buffer.alloc(20), headers: {} }, 'version NaN is too far'],
    ['other bytes', { value: Buffer.alloc(20), headers: { version: '1' } }, 'it is not in single-object encoding'],
    ['too few bytes', { value: Buffer.from('c301', 'hex'), headers: { version: '1' } }, 'single-object'],
    ['another schema', clusterRecord.encode(VACANT), 'is not known'],
  ])('%s is a problem with a name', (_what, record, problem) => {
    const decoded = electionRecord.decode(record);
    expect(decoded).toHaveProperty('problem', expect.stringContaining('cannot read Election: '));
    expect(decoded).toHaveProperty('problem', expect.stringContaining(problem));
  });

  test('a record cut short anywhere is a problem, never an exception', () => {
    const { value, headers } = electionRecord.encode(ELECTION);
    for (let length = 0; length < value.length; length++) {
      expect(electionRecord.decode({ value: value.subarray(0, length), headers })).toMatchObject({ ok: false });
    }
  });
});

describe('evolution', () => {
  interface Person {
    readonly name: string;
  }
  const schema = { type: 'record', name: 'Person', fields: [{ name: 'name', type: 'string' }] };
  const appended = { ...schema, fields: [...schema.fields, { name: 'age', type: ['null', 'int'], default: null }] };
  const now = new AvroRecord<Person>({ schema, fingerprint: '00000000000000a1' });
  const next = new AvroRecord<Person & { readonly age: number | null }>({
    schema: appended,
    fingerprint: '00000000000000a2',
    previous: [{ schema, fingerprint: '00000000000000a1' }],
  });

  test('the version before is read with the defaults of what was appended', () => {
    expect(next.decode(now.encode({ name: 'x' }))).toEqual({ ok: true, value: { name: 'x', age: null } });
  });

  test('the next version is read without what it appended', () => {
    const record = { ...next.encode({ name: 'x', age: 7 }), headers: { version: '2' } };
    expect(now.decode(record)).toEqual({ ok: true, value: { name: 'x' } });
  });

  test('an unknown schema that claims our version is refused', () => {
    expect(now.decode(next.encode({ name: 'x', age: 7 }))).toMatchObject({ ok: false });
  });
});

describe('rejects', () => {
  const source = {
    by: 'dedup',
    reason: 'malformed',
    detail: 'cannot read',
    sourceTopic: 'tandem.samples',
    sourcePartition: 0,
    sourceOffset: 9,
    timestampMs: 1,
    key: Buffer.from('k'),
    headers: { tenant: 't' },
    value: Buffer.alloc(1000, 7),
  };

  test('they carry the record, where it fits', () => {
    const decoded = rejectRecord.decode(rejectRecord.encode(source, 1_048_576));
    expect(decoded).toEqual({ ok: true, value: { ...source, valueOmitted: false } });
  });

  test('they say where the value stayed out', () => {
    const encoded = rejectRecord.encode({ ...source, detail: 'x'.repeat(5000), value: Buffer.alloc(10_000) }, 10_000);
    expect(encoded.value.length).toBeLessThan(10_000);
    expect(rejectRecord.decode(encoded)).toMatchObject({ ok: true, value: { value: null, valueOmitted: true } });
  });

  test('a record that had no value had none', () => {
    expect(rejectRecord.decode(rejectRecord.encode({ ...source, value: null, key: null }, 1000))).toMatchObject({
      value: { key: null, value: null, valueOmitted: false },
    });
  });
});
