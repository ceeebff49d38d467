import { describe, expect, it } from '@jest/globals';
import { fingerprintOf, SeriesTable, toHex } from '@tandem/series';
import { decode, rewrite, scan, split, toV1, type Protocol } from '../src/index.ts';
import { fixed64, integer, message, request, text, varint } from './bytes.ts';
import { expectOk } from './expect-ok.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const label = (name: string, value: string): number[] => message(1, text(1, name), text(2, value));
const TIME = integer(2, 1_700_000_000_000);

/** Labels of a rewritten request, per series. */
function labelsAfter(protocol: Protocol, bytes: Uint8Array): string[][] {
  const { body } = expectOk(rewrite(protocol, bytes, { replicaLabel: '__replica__', series: new SeriesTable() }));
  return expectOk(decode(protocol, body)).series.map(({ labels }) =>
    labels.map(({ name, value }) => `${name}=${value}`),
  );
}

describe('legal layouts of 1.0 that no writer uses', () => {
  const identityOf = (bytes: Uint8Array): unknown => expectOk(scan('v1', bytes, LABELS)).summary.identity;
  const pair = { kind: 'uniform', cluster: 'eu', replica: 'a' };

  it('labels after samples, values before names, and fields nobody knows', () => {
    const bytes = request(
      message(
        1,
        message(2, TIME, fixed64(1, '3ff0000000000000'), integer(9, 1)),
        integer(20, 5),
        message(1, text(2, 'eu'), text(1, 'cluster')),
        label('__name__', 'm'),
        message(1, text(1, 'dropped'), text(2, 'dropped'), text(1, '__replica__'), text(2, 'a'), integer(7, 7)),
      ),
      message(2, [1, 2, 3]),
    );
    expect(identityOf(bytes)).toEqual(pair);
    expect(labelsAfter('v1', bytes)).toEqual([['cluster=eu', '__name__=m']]);
  });

  it('tags and lengths of more bytes than they need', () => {
    const long = (byte: number): number[] => [byte | 0x80, 0x80, 0x00];
    const name = [...Buffer.from('__replica__')];
    const body = [...long(0x0a), ...long(name.length), ...name, ...text(2, 'a')];
    const bytes = request(
      message(1, label('cluster', 'eu'), [...long(0x0a), ...long(body.length), ...body], message(2, TIME)),
    );
    expect(identityOf(bytes)).toEqual(pair);
    expect(labelsAfter('v1', bytes)).toEqual([['cluster=eu']]);
  });

  it('a label of nothing but a byte order mark is not an empty one', () => {
    const mark = '\uFEFF';
    const body = request(message(1, label('__replica__', mark), label('cluster', mark), message(2, TIME)));
    expect(identityOf(body)).toEqual({
      kind: 'uniform',
      cluster: mark,
      replica: mark,
    });
  });

  it('a replica label that is there twice goes twice', () => {
    const series = message(1, label('__replica__', 'a'), label('x', 'y'), label('__replica__', 'b'), message(2, TIME));
    expect(labelsAfter('v1', request(series))).toEqual([['x=y']]);
  });
});

describe('legal layouts of 2.0 that no writer uses', () => {
  const SYMBOLS = ['', 'cluster', 'eu', '__replica__', 'a', '__name__', 'm'].map((symbol) => text(4, symbol));
  const SAMPLE = message(2, fixed64(1, '3ff0000000000000'), TIME);
  const refs = (...all: readonly number[]): number[] => message(1, all.flatMap(varint));
  const unpacked = (...all: readonly number[]): number[] => all.flatMap((ref) => integer(1, ref));

  it.each([
    ['symbols after the series', [message(5, refs(1, 2, 3, 4, 5, 6), SAMPLE), ...SYMBOLS]],
    ['references not packed', [...SYMBOLS, message(5, unpacked(1, 2, 3, 4, 5, 6), SAMPLE)]],
    ['references in several runs', [...SYMBOLS, message(5, refs(1, 2), refs(3, 4), SAMPLE, refs(5, 6))]],
    ['a label in two runs', [...SYMBOLS, message(5, refs(1, 2, 3), SAMPLE, refs(4, 5, 6))]],
    ['runs and single references', [...SYMBOLS, message(5, refs(1), unpacked(2, 3), SAMPLE, refs(4, 5), unpacked(6))]],
    ['samples first', [...SYMBOLS, message(5, SAMPLE, refs(1, 2, 3, 4, 5, 6))]],
    ['long references', [...SYMBOLS, message(5, message(1, [1, 2, 0x83, 0x00, 0x84, 0x80, 0x00, 5, 6]), SAMPLE)]],
    ['field 6 of drafts', [...SYMBOLS, message(5, refs(1, 2, 3, 4, 5, 6), SAMPLE, integer(6, 5))]],
  ])('%s', (_, parts) => {
    const bytes = request(...parts);
    expect(expectOk(scan('v2', bytes, LABELS)).summary).toMatchObject({
      series: 1,
      samples: 1,
      identity: { kind: 'uniform', cluster: 'eu', replica: 'a' },
    });
    const { groups } = expectOk(split('v2', bytes, { ...LABELS, partitions: 1 }));
    expect(labelsAfter('v2', groups[0]?.body ?? bytes)).toEqual([['cluster=eu', '__name__=m']]);
    expect(labelsAfter('v2', bytes)).toEqual([['cluster=eu', '__name__=m']]);
  });

  it('symbols between the series: the fingerprints are right although the symbols move', () => {
    const series = message(5, refs(3, 4, 1, 2, 5, 6), SAMPLE);
    const later = ['__name__', 'other'].map((symbol) => text(4, symbol));
    const bytes = request(
      ...Array<number[]>(9).fill(series),
      ...SYMBOLS,
      ...later,
      series,
      message(5, refs(3, 4, 7, 8)),
    );
    const withSample = request([...bytes], message(5, refs(3, 4, 7, 8), SAMPLE));
    const seen: string[] = [];
    const tracker = { advance: (high: number, low: number) => seen.push(toHex({ high, low })) > 0 };
    expectOk(rewrite('v2', withSample, { replicaLabel: '__replica__', series: tracker }));
    const one = toHex(
      fingerprintOf([
        { name: 'cluster', value: 'eu' },
        { name: '__name__', value: 'm' },
      ]),
    );
    const other = toHex(fingerprintOf([{ name: '__name__', value: 'other' }]));
    expect(seen).toEqual([...Array<string>(10).fill(one), other]);
  });

  it('a run whose length shrinks from two bytes to one', () => {
    const others = Array.from({ length: 63 }, () => [5, 6]).flat();
    const series = message(5, refs(3, 4, ...others), SAMPLE);
    expect(labelsAfter('v2', request(...SYMBOLS, series))).toEqual([Array.from({ length: 63 }, () => '__name__=m')]);
  });
});

describe('the stale marker', () => {
  const STALE = '7ff0000000000002';

  it('keeps its bits through rewriting, splitting and transcoding', () => {
    const bytes = request(
      ...['', '__replica__', 'a'].map((symbol) => text(4, symbol)),
      message(5, message(1, [1, 2]), message(2, fixed64(1, STALE), TIME)),
    );
    const { groups } = expectOk(split('v2', bytes, { ...LABELS, partitions: 1 }));
    const v1 = expectOk(toV1(groups[0]?.body ?? bytes)).body;
    const { body } = expectOk(rewrite('v1', v1, { replicaLabel: '__replica__' }));
    expect(Buffer.from(body).includes(Buffer.from(STALE, 'hex').reverse())).toBe(true);
    expect(expectOk(decode('v1', body)).series[0]?.samples[0]).toMatchObject({ stale: true });
  });
});

describe('down targets', () => {
  const up = (job: string, value: number[]): number[] =>
    message(1, label('__name__', 'up'), label('instance', 'i'), label('job', job), message(2, value, TIME));
  const targets = (...series: readonly number[][]): readonly string[] =>
    expectOk(scan('v1', request(...series), LABELS)).summary.downTargets;

  it('are those of an up of 0, minus 0, or left out, which is 0', () => {
    expect(targets(up('a', fixed64(1, '0000000000000000')))).toHaveLength(1);
    expect(targets(up('a', fixed64(1, '8000000000000000')))).toHaveLength(1);
    expect(targets(up('a', []))).toHaveLength(1);
    expect(targets(up('a', fixed64(1, '3ff0000000000000')))).toHaveLength(0);
    expect(targets(up('a', fixed64(1, STALE_BITS)))).toHaveLength(0);
  });

  it('are the same in every scan, sixteen hexadecimal digits each, named once, and at most 64', () => {
    expect(targets(up('a', []))).toEqual(
      targets(up('b', [(1 << 3) | 1, ...Array<number>(6).fill(0), 0xf0, 0x3f]), up('a', []), up('a', [])),
    );
    expect(targets(up('a', []))[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(targets(...Array.from({ length: 100 }, (_, i) => up(`job ${i}`, [])))).toHaveLength(64);
  });
});

const STALE_BITS = '7ff0000000000002';
