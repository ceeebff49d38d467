import { describe, expect, test } from '@jest/globals';
import { AnswerReader, parsePeak, parseStat, percentile, spreadOf } from '../src/index.ts';

describe('spread', () => {
  test('is the middle one of an odd number of measurements, and the outermost', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  });

  test('is halfway between the two in the middle of an even number', () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  test('sorts by value, not by text', () => {
    expect(spreadOf([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
  });

  test('of nothing is refused', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('percentile', () => {
  const sorted = Array.from({ length: 100 }, (_, i) => i + 1);

  test('is the value that the share does not exceed', () => {
    expect([0.01, 0.5, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([1, 50, 99, 100]);
  });

  test('of a single measurement is that one', () => {
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('of nothing is refused', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe('usage of a process', () => {
  test('is read behind a name with spaces and brackets', () => {
    const line = '42 (a) b (c) S 1 42 42 0 -1 4194304 900 0 0 0 1234 56 0 0 20 0 11 0 100 1000 200';
    expect(parseStat(line)).toEqual({ userSeconds: 12.34, systemSeconds: 0.56 });
  });

  test('peaks are told in bytes', () => {
    expect(parsePeak('VmPeak:\t  999 kB\nVmHWM:\t     100 kB\nVmRSS:\t 50 kB\n')).toBe(102_400);
  });
});

describe('answers on a connection', () => {
  const push = (reader: AnswerReader, text: string) => reader.push(Buffer.from(text));

  test('without a body are whole with their head', () => {
    expect(push(new AnswerReader(), 'HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n')).toEqual({ status: 204, body: '' });
  });

  test('that come in pieces are put together, body included', () => {
    const reader = new AnswerReader();
    expect(push(reader, 'HTTP/1.1 503 Service Unav')).toBeUndefined();
    expect(push(reader, 'ailable\r\nContent-Length: 5\r\n\r\nno')).toBeUndefined();
    expect(push(reader, 'pe\n')).toEqual({ status: 503, body: 'nope\n' });
    expect(push(reader, 'HTTP/1.1 204 No Content\r\n\r\n')).toEqual({ status: 204, body: '' });
  });

  test('that are not HTTP are refused', () => {
    expect(() => push(new AnswerReader(), 'SSH-2.0-x\r\n\r\n')).toThrow('cannot read an answer');
  });
});
