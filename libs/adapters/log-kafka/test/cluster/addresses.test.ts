import { describe, expect, test } from '@jest/globals';
import { LogError } from '@tandem/stream';
import { parseAddress } from '../../src/cluster/addresses.ts';

describe('a broker address', () => {
  test.each([
    ['kafka-1.example:9092', 'kafka-1.example', 9092],
    ['127.0.0.1:1', '127.0.0.1', 1],
    ['[::1]:9094', '::1', 9094],
  ])('%s is understood', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  test.each(['kafka', 'kafka:', ':9092', 'kafka:0', 'kafka:70000', '::1:9092', 'http://kafka:9092', 'a b:1'])(
    '%s is refused by name',
    (text) => {
      expect(() => parseAddress(text)).toThrow(LogError);
      expect(() => parseAddress(text)).toThrow(text);
    },
  );
});
