import { describe, expect, it } from '@jest/globals';
import { decode, observe, rewrite, scan, split, splitBySize, toV1, type Failure, type Protocol } from '../src/index.ts';
import { fixed64, integer, message, request, text } from './bytes.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const SYMBOLS = ['', 'a', 'b'].map((symbol) => text(4, symbol));
const SAMPLE = message(2, fixed64(1, '3ff0000000000000'), integer(2, 5));

const codeOf = (result: { readonly ok: true } | Failure): string => (result.ok ? 'ok' : result.problem.code);

/** What every function of the package says to the same bytes. */
function codes(protocol: Protocol, bytes: Uint8Array): Set<string> {
  const series = { advance: () => true };
  return new Set([
    codeOf(scan(protocol, bytes, LABELS)),
    codeOf(decode(protocol, bytes)),
    codeOf(split(protocol, bytes, { ...LABELS, partitions: 2 })),
    codeOf(splitBySize(protocol, bytes, bytes.length - 1)),
    codeOf(observe(protocol, bytes, { replicaLabel: null, series })),
    codeOf(rewrite(protocol, bytes.slice(), { replicaLabel: '__replica__', series })),
    ...(protocol === 'v2' ? [codeOf(toV1(bytes))] : []),
  ]);
}

const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];

describe('bytes that are no request', () => {
  it.each<[string, Protocol, Uint8Array]>([
    ['a length past the end', 'v1', request([0x0a, 5, 0x0a])],
    ['a length of 4 GiB', 'v1', request([0x0a, ...HUGE])],
    ['a label past its series', 'v1', request(message(1, [0x0a, 20]), Array<number>(40).fill(0x0a))],
    ['a name past its label', 'v1', request(message(1, message(1, [0x0a, 9, 0x61]), SAMPLE), SAMPLE)],
    ['a value past its label', 'v1', request(message(1, message(1, text(1, 'a'), [0x12, 9, 0x61]), SAMPLE), SAMPLE)],
    ['a sample that is cut off', 'v1', request(message(1, message(2, [0x09, 1, 2, 3])), SAMPLE)],
    ['a timestamp that is cut off', 'v1', request(message(1, message(2, [0x10, 0x80])), SAMPLE)],
    ['a length within a histogram past its end', 'v1', request(message(1, message(4, [0x42, ...HUGE])), SAMPLE)],
    ['field number 0', 'v1', request([0x02, 0])],
    ['a group', 'v1', request([0x0b, 0x0c])],
    ['a varint without an end', 'v1', request([0x08, ...Array<number>(30).fill(0xff)])],
    ['a tag of more than 32 bits', 'v1', request([0xff, 0xff, 0xff, 0xff, 0x7f, 0])],
    [
      'a timestamp of more than 64 bits',
      'v1',
      request(message(1, message(2, [0x10, ...Array<number>(9).fill(0xff), 2]))),
    ],
    ['text', 'v1', Buffer.from('<html><body>not found</body></html>')],
    ['a run of references past its series', 'v2', request(...SYMBOLS, message(5, [0x0a, 9, 1, 2]), SAMPLE)],
    ['a reference past its run', 'v2', request(...SYMBOLS, message(5, [0x0a, 1, 0x81, 0x00]))],
    ['a symbol past the end', 'v2', request([0x22, 7, 0x61])],
  ])('%s', (_, protocol, bytes) => {
    expect(codes(protocol, bytes)).toEqual(new Set(['malformed']));
  });
});

describe('requests that break the rules', () => {
  it.each<[string, string, Uint8Array]>([
    ['a first symbol with text', 'invalid-symbols', request(text(4, 'a'))],
    ['a label reference out of range', 'invalid-symbols', request(...SYMBOLS, message(5, message(1, [1, 3]), SAMPLE))],
    ['a reference without a table', 'invalid-symbols', request(message(5, message(1, [0, 0]), SAMPLE))],
    [
      'an exemplar reference out of range',
      'invalid-symbols',
      request(...SYMBOLS, message(5, message(4, message(1, [1, 9])))),
    ],
    ['a help reference out of range', 'invalid-symbols', request(...SYMBOLS, message(5, message(5, integer(3, 9))))],
    ['a unit reference out of range', 'invalid-symbols', request(...SYMBOLS, message(5, message(5, integer(4, 9))))],
    ['an odd number of references', 'invalid-labels', request(...SYMBOLS, message(5, message(1, [1, 2, 1]), SAMPLE))],
    [
      'an odd number of exemplar references',
      'invalid-labels',
      request(...SYMBOLS, message(5, message(4, message(1, [1])))),
    ],
  ])('%s', (_, code, bytes) => {
    expect(codes('v2', bytes)).toEqual(new Set([code]));
  });

  it.each([2n ** 52n, -(2n ** 52n), 2n ** 63n - 1n, -(2n ** 63n)])('a timestamp of %d', (timestamp) => {
    const bytes = request(message(1, message(2, integer(2, timestamp))));
    expect(codes('v1', bytes)).toEqual(new Set(['invalid-timestamp']));
  });

  it.each([2n ** 52n - 1n, -(2n ** 52n) + 1n, -1n, 0n])('but not one of %d', (timestamp) => {
    const bytes = request(message(1, message(2, integer(2, timestamp))));
    const result = scan('v1', bytes, LABELS);
    expect(result).toMatchObject({ ok: true, summary: { minTimestampMs: Number(timestamp) } });
  });

  it('text that is not UTF-8, wherever it is', () => {
    const bad = [0x61, 0xc3];
    const scanned = (protocol: Protocol, bytes: Uint8Array): string => codeOf(scan(protocol, bytes, LABELS));
    const ok = message(1, text(1, 'é'), text(2, 'ü'));
    expect(scanned('v1', request(message(1, ok, SAMPLE)))).toBe('ok');
    expect(scanned('v1', request(message(1, ok, message(1, message(1, bad)), SAMPLE)))).toBe('invalid-utf8');
    expect(scanned('v1', request(message(1, message(1, text(1, 'a'), message(2, bad)), SAMPLE)))).toBe('invalid-utf8');
    expect(scanned('v1', request(message(1, SAMPLE, message(1, message(2, bad)))))).toBe('invalid-utf8');
    expect(scanned('v2', request(...SYMBOLS, message(4, bad)))).toBe('invalid-utf8');
  });
});

describe('messages of problems', () => {
  it('say where', () => {
    expect(scan('v1', request(message(1, [0x0a, 20])), LABELS)).toEqual({
      ok: false,
      problem: { code: 'malformed', message: 'length 20 at byte 4 exceeds its message' },
    });
  });
});
