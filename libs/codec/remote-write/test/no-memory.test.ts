import { describe, expect, it } from '@jest/globals';
import { NoMemoryError, throwIfNoMemory, type Problem } from '../src/index.ts';

describe('a record that cannot be read', () => {
  it.each<Problem['code']>(['malformed', 'too-large', 'invalid-labels'])('for %s is the record’s own fault', (code) => {
    expect(() => {
      throwIfNoMemory({ code, message: 'x' });
    }).not.toThrow();
  });

  it('for want of memory is nobody’s: it is read again', () => {
    expect(() => {
      throwIfNoMemory({ code: 'no-memory', message: 'there are no 64 MiB of memory for the request' });
    }).toThrow(new NoMemoryError('cannot read a body: there are no 64 MiB of memory for the request'));
  });
});
