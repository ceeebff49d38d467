import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { formatAddress, formatDuration, formatSize, parseAddress, parseDuration, parseSize } from '../src/index.ts';

describe('durations', () => {
  test('what is written is read as the same number', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  test.each([
    ['0', 0],
    ['0s', 0],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['100ms', 100],
    ['1d', 86_400_000],
    ['1w2d', 777_600_000],
    ['1y', 31_536_000_000],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.each(['', '30', 's', '1.5h', '-1s', '30s1m', '1m1m', '1 m', '1M', '9999999999y'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    [0, '0s'],
    [90_000, '1m30s'],
    [129_600_000, '36h'],
    [172_800_000, '2d'],
    [1001, '1s1ms'],
  ])('%d ms is written %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});

describe('sizes', () => {
  test('what is written is read as the same number', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });

  test.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['16MiB', 16_777_216],
    ['1GiB', 1_073_741_824],
    ['512KB', 524_288],
    ['1.5 GiB', 1_610_612_736],
    ['7B', 7],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', 'MiB', '-1', '1.0001KiB', '16mib', '1EiB', '9999999TiB', '1iB'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe('addresses', () => {
  test.each([
    [':9460', { host: '', port: 9460 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:0', { host: '::1', port: 0 }],
  ])('%s is read and written back', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  test.each(['', '9460', ':', ':65536', ':-1', '::1:80', 'http://x:1', 'a b:1', ':1x'])('%j is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('no text is trouble to any of them', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const address = parseAddress(text);
        expect(address === undefined ? undefined : parseAddress(formatAddress(address))).toEqual(address);
        expect(() => [parseDuration(text), parseSize(text)]).not.toThrow();
      }),
    );
  });
});
