import { describe, expect, it } from '@jest/globals';

import { takeCluster } from '../src/ha/cluster-argument.ts';
import { formatTable } from '../src/ha/table.ts';
import { formatSpan, formatTimeAndAge, rfc3339 } from '../src/ha/times.ts';

describe('times for people', () => {
  it.each([
    [0, '0.0s'],
    [31_240, '31.2s'],
    [-1500, '-1.5s'],
    [60_000, '1m'],
    [303_000, '5m3s'],
    [11_100_000, '3h5m'],
    [-11_100_000, '-3h5m'],
    [187_200_000, '2d4h'],
  ])('%d ms is %s', (spanMs, text) => {
    expect(formatSpan(spanMs)).toBe(text);
  });

  it.each([
    [0, '0s ago'],
    [59_999, '59s ago'],
    [180_000, '3m ago'],
    [86_400_000 * 12, '12d ago'],
    [-5000, 'in 5s'],
  ])('what was %d ms ago says "%s"', (ageMs, text) => {
    expect(formatTimeAndAge(1_000_000, 1_000_000 + ageMs)).toBe(`1970-01-01T00:16:40.000Z (${text})`);
  });

  it('a number that is no date is shown as none', () => {
    expect(rfc3339(Number.MAX_SAFE_INTEGER)).toBeNull();
    expect(formatTimeAndAge(Number.MAX_SAFE_INTEGER, 0)).toBe('-');
  });
});

describe('a table', () => {
  it('aligns columns by characters, cuts nothing and leaves no blanks at the end of a line', () => {
    const long = 'x'.repeat(300);
    expect(
      formatTable(
        ['A', 'B', 'C'],
        [
          ['🙂', long, 'c'],
          ['ab', 'b', '-'],
        ],
      ).split('\n'),
    ).toEqual([`A   B${' '.repeat(299)}  C`, `🙂   ${long}  c`, `ab  b${' '.repeat(299)}  -`]);
  });
});

describe('the cluster among the flags of the configuration', () => {
  it.each([
    ['first', ['prod', '--config.file', 'x.yaml'], ['--config.file', 'x.yaml']],
    ['behind a flag with its value in the next word', ['--config.file', 'x.yaml', 'prod'], ['--config.file', 'x.yaml']],
    ['behind a flag with its value', ['--storage.path=d', 'prod'], ['--storage.path=d']],
    ['behind a flag without a value', ['--stream.kafka.tls.enabled', 'prod'], ['--stream.kafka.tls.enabled']],
    ['behind its negation', ['--no-stream.kafka.tls.enabled', 'prod'], ['--no-stream.kafka.tls.enabled']],
  ])('is found %s', (_where, args, argv) => {
    expect(takeCluster(args)).toEqual({ cluster: 'prod', argv });
  });

  it('is asked for where it is missing', () => {
    expect(() => takeCluster(['--config.file', 'x.yaml'])).toThrow('the cluster is missing');
  });
});
