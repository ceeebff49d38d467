import { describe, expect, test } from '@jest/globals';
import { type ProblemCode } from '@tandem/remote-write';

import { refusalOf } from '../src/refusal.ts';

const statusOf = (code: ProblemCode): number => refusalOf({ ok: false, problem: { code, message: 'why' } }).status;

describe('a request that the codec refuses', () => {
  test('is sent again when there was no memory for it, and never when it is wrong itself', () => {
    expect(statusOf('no-memory')).toBe(503);
    expect(statusOf('too-large')).toBe(400);
    expect(statusOf('malformed')).toBe(400);
    expect(statusOf('unsupported-encoding')).toBe(415);
  });
});
