import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compress, decompress, inflate, type DecompressResult, type InflateResult } from '../src/index.ts';
import { Machine } from '../src/wire/machine.ts';
import { bytesOf, protocol, request } from './arbitraries.ts';

const MIB = 1 << 20;
const LIMIT = 32 * MIB;

const copied = (data: Uint8Array): Buffer => Buffer.from(data);

const ownOf = (result: DecompressResult): InflateResult<Buffer> =>
  result.ok ? { ok: true, value: copied(result.data) } : result;

/** The bytes, or the problem, as text: quicker to compare than objects. */
const outcome = (result: InflateResult<Buffer>): string =>
  result.ok ? result.value.toString('base64') : JSON.stringify(result.problem);

/** What has runs, repetitions near and far, and noise: every kind of element. */
const data = fc
  .array(
    fc.tuple(
      fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.uint8Array({ minLength: 1, maxLength: 3 })),
      fc.constantFrom(1, 1, 2, 7, 300, 5000),
    ),
    { maxLength: 12 },
  )
  .map((runs) => Buffer.concat(runs.flatMap(([bytes, times]) => Array<Uint8Array>(times).fill(bytes))));

/** An element of a block, with the bytes that it stands for. */
type Element = readonly [stands: number, bytes: readonly number[]];

const literal = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((bytes): Element => [bytes.length, [(bytes.length - 1) << 2, ...bytes]]);

/** A literal that says its length apart, in one to four bytes, though it is short. */
const wordyLiteral = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.uint8Array({ minLength: 1, maxLength: 12 }))
  .map(([size, bytes]): Element => {
    const length = [bytes.length - 1, 0, 0, 0].slice(0, size);
    return [bytes.length, [(59 + size) << 2, ...length, ...bytes]];
  });

const copy = fc
  .tuple(fc.constantFrom(1, 2, 3), fc.nat(63), fc.integer({ min: 0, max: 40 }))
  .map(([kind, length, offset]): Element => {
    if (kind === 1) return [(length & 7) + 4, [1 | ((length & 7) << 2), offset]];
    return [length + 1, [kind | (length << 2), offset, ...(kind === 2 ? [0] : [0, 0, 0])]];
  });

/** Elements as no encoder would write them, behind their length or nearly. */
const blocks = fc
  .tuple(
    fc.array(literal, { maxLength: 2 }),
    fc.array(fc.oneof(literal, wordyLiteral, copy), { maxLength: 12 }),
    fc.constantFrom(0, 0, 0, 0, 0, -1, 1),
  )
  .map(([first, others, error]) => {
    const all = [...first, ...others];
    const stands = all.reduce((sum, element) => sum + element[0], 0);
    const length = Math.max(0, stands + error);
    return Uint8Array.from([(length & 0x7f) | 0x80, length >> 7, ...all.flatMap(([, bytes]) => bytes)]);
  });

const damagedBlocks = fc
  .tuple(data, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat())
  .map(([bytes, damages, cut]) => {
    const block = Uint8Array.from(compress(bytes));
    for (const [where, byte] of damages) block[where % block.length] = byte;
    return cut % 3 === 0 ? block.subarray(0, cut % (block.length + 1)) : block;
  });

describe('inflating for the time of a call', () => {
  it.each([
    ['bodies of requests', fc.tuple(protocol, request).map(([version, model]) => compress(bytesOf(version, model)))],
    ['blocks of any bytes', data.map(compress)],
    ['elements as no encoder writes them', blocks],
    ['damaged blocks', damagedBlocks],
    ['noise', fc.uint8Array({ maxLength: 200 })],
  ])('gives what the native decoder gives, and refuses what it refuses: %s', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (block) => {
        expect(outcome(inflate(block, LIMIT, copied))).toBe(outcome(ownOf(decompress(block, LIMIT))));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves the block as it was', () => {
    const bytes = Buffer.alloc(5000, 'abcdefg');
    const block = compress(bytes);
    const before = Buffer.from(block);
    inflate(block, LIMIT, (inflated) => inflated.fill(0));
    expect(Buffer.from(block).equals(before)).toBe(true);
  });

  it('gives bytes of its own to a call within a call', () => {
    const [outer, inner] = [Buffer.alloc(1000, 'outer'), Buffer.alloc(1000, 'inner')];
    const nested = inflate(compress(outer), LIMIT, (data) => [
      inflate(compress(inner), LIMIT, (other) => other !== data && copied(other).equals(inner)),
      copied(data).equals(outer),
    ]);
    expect(nested).toEqual({ ok: true, value: [{ ok: true, value: true }, true] });
  });

  it('goes on after a use that threw', () => {
    const block = compress(Buffer.from('abc'));
    const failing = (): never => {
      throw new Error('no use');
    };
    expect(() => inflate(block, LIMIT, failing)).toThrow('no use');
    const views = [0, 1].map(() => inflate(block, LIMIT, (bytes) => bytes.buffer));
    expect(views[0]).toEqual(views[1]);
  });

  it.each([8 * MIB, 8 * MIB + 1, 20 * MIB])('takes bodies of any size that is allowed: %d bytes', (length) => {
    const bytes = Buffer.alloc(length, 'series');
    bytes.fill(1, length - 5);
    expect(inflate(compress(bytes), length, (inflated) => copied(inflated).equals(bytes))).toEqual({
      ok: true,
      value: true,
    });
    expect(inflate(compress(bytes), length - 1, copied)).toMatchObject({ problem: { code: 'too-large' } });
  });
});

describe('the memory that is kept', () => {
  const machine = new Machine();
  const inflated = (block: Uint8Array, length: number): Buffer | undefined => {
    const bytes = machine.inflate(block, length);
    return bytes === undefined ? undefined : Buffer.from(bytes);
  };

  it('takes every block of an encoder without help', () => {
    fc.assert(
      fc.property(data, (bytes) => {
        expect(inflated(compress(bytes), bytes.length)?.equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the fullest blocks it has room for, and says of others that they do not fit', () => {
    const noise = Buffer.alloc(4 * MIB - 1024, Buffer.from(Array.from({ length: 997 }, (_, i) => (i * i) & 0xff)));
    const literal = Buffer.concat([Buffer.from([0x80, 0xf8, 0xff, 0x01, 0xf8, 0xff, 0xfb, 0x3f]), noise]);
    expect(Machine.fits(literal, noise.length)).toBe(true);
    expect(inflated(literal, noise.length)?.equals(noise)).toBe(true);
    expect(Machine.fits(new Uint8Array(4 * MIB), 8 * MIB)).toBe(true);
    expect(Machine.fits(new Uint8Array(4 * MIB + 1), 8 * MIB)).toBe(false);
    expect(Machine.fits(new Uint8Array(1), 8 * MIB + 1)).toBe(false);
  });

  it('refuses what would read before its bytes or write past them', () => {
    for (const bytes of [
      [64, 0xfc, 0xff, 0xff, 0xff, 0xff, 1],
      [64, 0xfc, 0xfe, 0xff, 0xff, 0xff, 1],
      [64, 0x00, 1, 0xff, 0xff, 0xff, 0xff, 0xff],
      [64, 0x00, 1, 0xff, 0x02, 0, 0, 0],
      [64, 0xff, 1, 0, 0, 0x80],
    ]) {
      expect(inflated(Uint8Array.from(bytes), 64)).toBeUndefined();
    }
  });
});
