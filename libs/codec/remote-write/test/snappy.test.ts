import { describe, expect, it } from '@jest/globals';
import { compress, declaredLength, decompress } from '../src/index.ts';

describe('a block of snappy', () => {
  const roundTrip = (data: Uint8Array): Buffer => {
    const result = decompress(compress(data), data.length);
    if (!result.ok) throw new Error(result.problem.message);
    return Buffer.from(result.data);
  };

  it.each([0, 1, 59, 60, 61, 255, 256, 257, 65_535, 65_536, 65_537, 300_000])(
    'of %d bytes is what it was',
    (length) => {
      const noise = Buffer.from(Array.from({ length }, (_unused, i) => Math.imul(i, 0x9e3779b1) >>> 24));
      expect(roundTrip(noise).equals(noise)).toBe(true);
      const repeated = Buffer.alloc(length, 'abcdefghij');
      expect(roundTrip(repeated).equals(repeated)).toBe(true);
      const runs = Buffer.alloc(length, 'x');
      expect(roundTrip(runs).equals(runs)).toBe(true);
    },
  );

  it('takes copies with offsets of four bytes, and literals with lengths of up to four', () => {
    const copy = Uint8Array.of(6, 0x08, 1, 2, 3, 0x0b, 3, 0, 0, 0);
    expect(decompress(copy, 100)).toEqual({ ok: true, data: Buffer.from([1, 2, 3, 1, 2, 3]) });
    const literal = Uint8Array.of(2, 0xfc, 1, 0, 0, 0, 7, 8);
    expect(decompress(literal, 100)).toEqual({ ok: true, data: Buffer.from([7, 8]) });
  });

  it('is refused by what it declares, before anything is allocated', () => {
    const fourGiB = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0);
    expect(decompress(fourGiB, 32 << 20)).toEqual({
      ok: false,
      problem: {
        code: 'too-large',
        message: 'the body is declared to be 4294967295 bytes long, the limit is 33554432',
      },
    });
    expect(decompress(compress(Buffer.alloc(101)), 100)).toMatchObject({ problem: { code: 'too-large' } });
    expect(decompress(compress(Buffer.alloc(100)), 100)).toMatchObject({ ok: true });
  });

  it('is refused when it could never be what it declares', () => {
    const block = Uint8Array.of(0x80, 0x80, 0x80, 0x08, 0, 1);
    expect(decompress(block, 1 << 30)).toMatchObject({ problem: { code: 'corrupt-snappy' } });
  });

  it.each([
    ['nothing', []],
    ['a length without an end', [0x80, 0x80, 0x80]],
    ['a length of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['a literal that is cut off', [5, 0x10, 1, 2]],
    ['a literal longer than declared', [2, 0x10, 1, 2, 3, 4, 5]],
    ['a literal whose length is cut off', [5, 0xf4, 1]],
    ['a copy from before the beginning', [8, 0x00, 1, 0x0d, 2]],
    ['a copy from nowhere', [5, 0x00, 1, 0x01, 0]],
    ['a copy longer than declared', [3, 0x00, 1, 0x1d, 1]],
    ['a copy that is cut off', [9, 0x00, 1, 0x1e, 1]],
    ['less than declared', [5, 0x00, 1]],
  ])('is refused: %s', (_unused, bytes) => {
    expect(decompress(Uint8Array.from(bytes), 1000)).toMatchObject({ ok: false, problem: { code: 'corrupt-snappy' } });
  });

  it('is told from the stream format', () => {
    const stream = Buffer.from('ff060000734e61507059010d0000', 'hex');
    expect(decompress(stream, 1000)).toMatchObject({ ok: false, problem: { code: 'framed-snappy' } });
  });
});

describe('a loop that does not return to the event loop', () => {
  it('does not pile up memory', () => {
    const block = compress(Buffer.alloc(1 << 20, 'abcdefghijk'));
    const { external } = process.memoryUsage();
    let most = 0;
    for (let i = 0; i < 1000; i++) {
      decompress(block, 1 << 20);
      if (i % 50 === 0) most = Math.max(most, process.memoryUsage().external - external);
    }
    expect(most).toBeLessThan(500 << 20);
  });
});

describe('the declared length', () => {
  it('is read without decoding', () => {
    expect(declaredLength(compress(Buffer.alloc(70_000)))).toBe(70_000);
    expect(declaredLength(new Uint8Array(0))).toBeUndefined();
  });
});
