import { describe, expect, test } from '@jest/globals';

import { classify, describeError, ERROR_CLASSES, TandemError } from '../src/index.ts';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('classify', () => {
  test.each([
    [new TandemError('TANDEM_LOG_MISCONFIGURED', 'x'), 'config'],
    [{ code: 'TANDEM_LOG_FENCED', retryable: false, reason: 'fenced' }, 'conflict'],
    [{ code: 'TANDEM_LEASE_UNAVAILABLE', retryable: true }, 'unavailable'],
    [withCode('ECONNREFUSED'), 'network'],
    [withCode('ETIMEDOUT'), 'timeout'],
    [withCode('ENOSPC'), 'storage'],
    [new DOMException('x', 'AbortError'), 'aborted'],
    [AbortSignal.timeout(0).reason ?? new DOMException('x', 'TimeoutError'), 'timeout'],
    [Object.assign(new Error('x'), { name: 'KafkaJSRequestTimeoutError' }), 'timeout'],
    [Object.assign(new Error('x'), { retriable: true }), 'unavailable'],
    [new Error('outer', { cause: new Error('middle', { cause: withCode('ECONNRESET') }) }), 'network'],
    [new AggregateError([withCode('ECONNREFUSED'), withCode('ENOTFOUND')]), 'network'],
    [new Error('x'), 'unknown'],
    ['text', 'unknown'],
    [undefined, 'unknown'],
  ])('%p is %s', (error, label) => {
    expect(classify(error)).toBe(label);
  });

  test('an error that is its own cause does not hang', () => {
    const error = new Error('x');
    error.cause = error;
    expect(classify(error)).toBe('unknown');
    expect(describeError(error)).toBe('x');
  });

  test.each([
    [null],
    [0n],
    [Symbol('s')],
    [Object.create(null)],
    [{ message: { a: 1n } }],
    [{ errors: [] }],
    [[]],
    [() => 1],
    [{ toString: null }],
    ['a\r\n\u2028b'.repeat(1000)],
    [Object.assign(new Error(''), { name: '' })],
  ])('whatever is thrown gets a label of the list and one printable line (%#)', (thrown: unknown) => {
    expect(ERROR_CLASSES).toContain(classify(thrown));
    const line = describeError(thrown);
    expect(line).not.toMatch(/[\r\n\u2028]/u);
    expect(line.length).toBeLessThanOrEqual(2000);
  });

  test('getters that throw are no trouble', () => {
    const hostile = new Proxy(new Error('x'), {
      get: () => {
        throw new Error('no');
      },
    });
    expect(classify(hostile)).toBe('unknown');
    expect(describeError(hostile)).toBe('an error that cannot be described');
  });
});

describe('describeError', () => {
  test('tells the causes on one line, once each', () => {
    const cause = new Error('connect ECONNREFUSED\n127.0.0.1:9092', { cause: 'reset' });
    expect(describeError(new Error('cannot append', { cause }))).toBe(
      'cannot append: connect ECONNREFUSED 127.0.0.1:9092: reset',
    );
    expect(describeError(new Error('cannot append: disk full', { cause: new Error('disk full') }))).toBe(
      'cannot append: disk full',
    );
  });

  test("an aggregate without a message, as Node's connect gives it, tells its code and its first error", () => {
    const error = Object.assign(new AggregateError([new Error('connect ECONNREFUSED ::1:1')]), {
      code: 'ECONNREFUSED',
    });
    expect(describeError(error)).toBe('ECONNREFUSED: connect ECONNREFUSED ::1:1');
  });

  test('masks passwords in addresses and authorization values', () => {
    expect(describeError(new Error('cannot reach redis://user:hunter2@host:6379'))).toBe(
      'cannot reach redis://user:<secret>@host:6379',
    );
    expect(describeError('sent Authorization: Bearer abcdefghijk.lmn')).toBe('sent Authorization: Bearer <secret>');
  });
});
