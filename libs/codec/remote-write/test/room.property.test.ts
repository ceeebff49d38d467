import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rewrite, scan, type Protocol } from '../src/index.ts';
import { Machine, REQUEST } from '../src/wire/machine.ts';
import { Invalid } from '../src/wire/invalid.ts';
import { damaged } from './arbitraries.ts';
import { expectOk } from './expect-ok.ts';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const MIB = 1 << 20;
/** What is said of a series: 32-bit words, as in `memory.as`. */
const SERIES = 0x400 / 4;
const WORDS = 16;
const FINGERPRINTS_AND_UTF8 = 3;

/** A varint of five bytes: any length can be written so. */
function lengthOf(length: number): readonly number[] {
  return [0, 7, 14, 21, 28].map((shift) => ((length >>> shift) & 0x7f) | (shift < 28 ? 0x80 : 0));
}

/** A request that is one series of so many bytes: the first ones, and behind those the same ones again and again. */
function oneSeries(version: Protocol, first: readonly number[], again: readonly number[], length: number): Uint8Array {
  const head = [0x78, 0x01, version === 'v1' ? 0x0a : 0x2a, ...lengthOf(length), ...first];
  const bytes = new Uint8Array(head.length - first.length + length);
  bytes.set(head);
  for (let i = head.length; i < bytes.length; i++) bytes[i] = again[(i - head.length) % again.length] ?? 0;
  return bytes;
}

/** Everything a walk says, or its problem; and whether it wrote behind the room that it said it takes. */
function walked(
  machine: Machine,
  version: Protocol,
  bytes: Uint8Array,
  isCounted: boolean,
): { said: unknown[]; kept: boolean } {
  const { walk, words } = machine;
  const protocol = version === 'v1' ? 1 : 2;
  machine.put(bytes);
  let end = walk.room(protocol, bytes.length);
  const said: unknown[] = [];
  if (isCounted) {
    try {
      walk.count(protocol, bytes.length);
    } catch {
      said.length = 0;
    }
    end = walk.counted(protocol, bytes.length);
  }
  machine.bytes.fill(0xaa, end, end + 4096);
  try {
    walk.begin(protocol, bytes.length, FINGERPRINTS_AND_UTF8, 0, 0);
    for (let found = walk.next(); found > 0; found = walk.next())
      said.push([...words.subarray(SERIES, SERIES + WORDS)]);
  } catch {
    said.push([...words.subarray(REQUEST, REQUEST + 3)]);
  }
  return { said, kept: machine.bytes.subarray(end, end + 4096).every((byte) => byte === 0xaa) };
}

describe('the room that a request takes', () => {
  it('is enough when it is counted, whatever the request is', () => {
    const machine = new Machine();
    fc.assert(
      fc.property(damaged, ([version, bytes]) => {
        const counted = walked(machine, version, bytes, true);
        expect(counted).toEqual(walked(machine, version, bytes, false));
        expect(counted.kept).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each<Protocol>(['v1', 'v2'])('of %s is what its lists need, not what its bytes could stand for', (version) => {
    // A field that nobody knows, of 60 MiB: it could be labels, for more than 4 GiB of lists.
    const length = 60 * MIB;
    const large = oneSeries(version, [0x3a, ...lengthOf(length - 6)], [0], length);
    expect(expectOk(scan(version, large, LABELS)).summary.series).toBe(1);
    expect(expectOk(rewrite(version, large, { replicaLabel: '__replica__' })).droppedSamples).toBe(0);
  });

  it.each<Protocol>(['v1', 'v2'])('of %s is made for a million samples in one series', (version) => {
    const many = oneSeries(version, [], [0x12, 0x00], 1_000_000);
    expect(expectOk(scan(version, many, LABELS)).summary.samples).toBe(500_000);
  });

  it.each<[Protocol, string, readonly number[]]>([
    ['v1', 'samples', [0x12, 0x00]],
    ['v1', 'labels', [0x0a, 0x00]],
    ['v2', 'samples', [0x12, 0x00]],
    ['v2', 'references', [0x08, 0x00]],
  ])('of %s is not made for millions of %s in one series: the request is too large', (version, _, field) => {
    const before = process.memoryUsage().arrayBuffers;
    const result = scan(version, oneSeries(version, [], field, 10_000_000), LABELS);
    expect(result).toMatchObject({ ok: false, problem: { code: 'too-large' } });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * MIB);
  });

  it('is a problem of its own where the system has none', () => {
    let problem: unknown;
    try {
      new Machine(2 ** 34);
    } catch (error) {
      problem = error instanceof Invalid ? error.problem.code : error;
    }
    expect(problem).toBe('no-memory');
  });
});
