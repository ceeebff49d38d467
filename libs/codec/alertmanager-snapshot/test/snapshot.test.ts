import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import { alertHash, formatMatchers } from '@tandem/alerting';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';

import { readNflogSnapshot, readSilencesSnapshot } from '../src/index.ts';

/** What Alertmanager 0.25 and 0.34 have written when they were stopped. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}.bin`, import.meta.url));
}

function records<T>(
  outcome: { readonly ok: true; readonly records: readonly T[] } | { readonly ok: false; readonly problem: string },
): readonly T[] {
  if (!outcome.ok) throw new Error(outcome.problem);
  return outcome.records;
}

/** A message with its length before it. */
function delimited(...writers: readonly ((writer: protobuf.Writer) => protobuf.Writer)[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const write of writers) write(writer.fork()).ldelim();
  return writer.finish();
}

const HASHES = ['1', '2'].map((i) =>
  alertHash(
    new Map([
      ['alertname', 'A'],
      ['i', i],
    ]),
  ),
);

describe('a snapshot of the notification log', () => {
  it.each(['v025', 'v034'])('of %s says what each target was told, alerts by the hashes we know them by', (version) => {
    const entries = records(readNflogSnapshot(fixture(`${version}-nflog`)));
    const of = (index: number) =>
      entries.find(({ target }) => target.groupKey === '{}:{alertname="A"}' && target.index === index);
    expect(of(0)?.target).toMatchObject({ receiver: 'team-a.b', integration: 'webhook' });
    expect([...(of(0)?.firing ?? [])]).toEqual([HASHES[0]]);
    expect([...(of(0)?.resolved ?? [])]).toEqual([HASHES[1]]);
    expect([...(of(1)?.firing ?? [])].toSorted()).toEqual(HASHES.toSorted());
    const keptMs = entries.map(({ expiresAtMs, timestampMs }) => expiresAtMs - timestampMs);
    expect(new Set(keptMs)).toEqual(new Set([120 * 3_600_000]));
  });

  it('takes times to the millisecond', () => {
    const [first] = records(readNflogSnapshot(fixture('v025-nflog')));
    expect(first?.timestampMs).toBe(Date.UTC(2026, 10, 22, 2, 14, 23, 653));
  });

  it('reads what integrations remember: texts, whole numbers, others', () => {
    const datum = (name: string, value: (writer: protobuf.Writer) => protobuf.Writer) => (writer: protobuf.Writer) =>
      value(writer.uint32(66).fork().uint32(10).string(name).uint32(18).fork()).ldelim().ldelim();
    const entry = (writer: protobuf.Writer): protobuf.Writer => {
      writer.uint32(10).fork().uint32(10).string('{}').uint32(18).fork().uint32(10).string('r').ldelim();
      datum('ts', (value) => value.uint32(10).string('17.5'))(writer);
      datum('id', (value) => value.uint32(16).int64(-5))(writer);
      datum('share', (value) => value.uint32(25).double(0.5))(writer);
      return writer.uint32(48).uint64(1).uint32(48).uint64(2).ldelim();
    };
    const [read] = records(readNflogSnapshot(delimited(entry)));
    expect(read?.receiverData).toEqual(
      new Map<string, string | number>([
        ['ts', '17.5'],
        ['id', -5],
        ['share', 0.5],
      ]),
    );
    expect(read?.target).toEqual({ groupKey: '{}', receiver: 'r', integration: '', index: 0 });
    expect(read?.firing).toEqual(new Set(['0000000000000001', '0000000000000002']));
  });
});

describe('a snapshot of silences', () => {
  it('of 0.34 has all of them, expired ones too', () => {
    const silences = records(readSilencesSnapshot(fixture('v034-silences')));
    expect(silences.map(({ comment }) => comment).toSorted()).toEqual(['', 'c', 'first "one"']);
    const pending = silences.find(({ comment }) => comment === '');
    expect(pending).toMatchObject({
      id: 'b50ddd81-86be-47f7-bd24-00e4152d1cd5',
      createdBy: 'you',
      startsAtMs: Date.UTC(2030, 0, 1, 0, 0, 0, 500),
      endsAtMs: Date.UTC(2030, 1, 1, 0, 0, 0, 123),
      annotations: new Map([['k', 'v']]),
    });
    expect(pending?.matcherSets.map(formatMatchers)).toEqual(['{b!~".+",c="d"}']);
  });

  it('of 0.25 has one set of matchers', () => {
    const silences = records(readSilencesSnapshot(fixture('v025-silences')));
    const [first] = silences.toSorted((a, b) => a.startsAtMs - b.startsAtMs);
    expect(first?.matcherSets.map(formatMatchers)).toEqual(['{alertname="A",i=~"x|y",e!="ü"}']);
    expect(first?.matcherSets[0]?.[1]?.matches('y')).toBe(true);
  });
});

describe('what is no snapshot', () => {
  it('is told with its place', () => {
    const whole = fixture('v034-nflog');
    expect(readNflogSnapshot(whole.subarray(0, whole.length - 1))).toEqual({
      ok: false,
      problem: expect.stringMatching(/^record 4, at byte \d+: it ends too early$/u),
    });
    expect(readNflogSnapshot(Buffer.from('7f', 'hex'))).toEqual({
      ok: false,
      problem: 'record 1, at byte 0: it ends too early',
    });
    expect(readSilencesSnapshot(Buffer.alloc(20, 0xff))).toEqual({
      ok: false,
      problem: 'record 1, at byte 0: its length cannot be read',
    });
  });

  it.each([
    ['0100', 'it has a field 0'],
    ['010b', 'it has a field of wire type 3'],
    ['020a05', 'it ends too early'],
    ['00', 'it has no silence'],
    ['020a00', 'its silence has no id'],
    ['050a030a0161', 'its silence has no matchers'],
    ['060a040a0161ff', 'it ends too early'],
    ['050a030a01ff', 'field 1 is not UTF-8'],
    [
      '0f0a0d0a01611208080112016e1a0128',
      'its silence has a matcher that is none: error parsing regexp: missing closing ): `^(?:()$`',
    ],
    ['0c0a0a0a01611205080912016e', 'its silence has a matcher of an unknown type'],
  ])('%s: %s', (hex, problem) => {
    expect(readSilencesSnapshot(Buffer.from(hex, 'hex'))).toEqual({
      ok: false,
      problem: `record 1, at byte 0: ${problem}`,
    });
  });

  it('holds nothing where there is nothing: a file of no bytes has no records', () => {
    expect(readNflogSnapshot(new Uint8Array())).toEqual({ ok: true, records: [] });
    expect(readSilencesSnapshot(new Uint8Array())).toEqual({ ok: true, records: [] });
  });

  it('is refused, or read, but never ends otherwise, whatever its bytes', () => {
    const whole = [fixture('v034-silences'), fixture('v034-nflog')];
    const changed = fc
      .tuple(fc.constantFrom(...whole), fc.array(fc.tuple(fc.nat(475), fc.nat(255)), { maxLength: 4 }))
      .map(([bytes, changes]) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, byte] of changes) copy[at % copy.length] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), changed), (bytes) => {
        return [readSilencesSnapshot(bytes), readNflogSnapshot(bytes)].every(
          (outcome) => outcome.ok || /^record \d+, at byte \d+: ./u.test(outcome.problem),
        );
      }),
      { numRuns: 500 },
    );
  });
});
