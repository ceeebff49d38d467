import { describe, expect, test } from '@jest/globals';
import { LogError } from '@tandem/stream';
import { asLogError, BrokerError, isTransient } from '../../src/wire/errors.ts';

describe('an error of a broker', () => {
  test.each([
    [3, 'unknown-topic'],
    [10, 'too-large'],
    [47, 'fenced'],
    [90, 'fenced'],
    [6, 'unavailable'],
    [19, 'unavailable'],
    [29, 'misconfigured'],
    [58, 'misconfigured'],
    [4242, 'unavailable'],
  ] as const)('with code %d becomes "%s"', (code, reason) => {
    const error = asLogError(new BrokerError(code), 'append');
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(/^cannot append: /);
  });

  test('is worth another try where another broker, or a later moment, may do better', () => {
    expect(isTransient(new BrokerError(6))).toBe(true);
    expect(isTransient(new BrokerError(51))).toBe(true);
    expect(isTransient(new BrokerError(88))).toBe(true);
    expect(isTransient(new BrokerError(10))).toBe(false);
    expect(isTransient(new BrokerError(47))).toBe(false);
    expect(isTransient(new Error('ECONNREFUSED'))).toBe(true);
    expect(isTransient(new LogError('closed', 'x'))).toBe(false);
  });

  test('of TLS is a matter of configuration', () => {
    const refused = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(asLogError(refused, 'reach Kafka').reason).toBe('misconfigured');
  });

  test('of the port stays what it is', () => {
    const error = new LogError('full', 'x');
    expect(asLogError(error, 'append')).toBe(error);
  });
});
