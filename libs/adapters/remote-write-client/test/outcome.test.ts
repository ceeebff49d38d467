import { describe, expect, it } from '@jest/globals';
import { outcomeOf, type WriteOutcome } from '../src/outcome.ts';
import { retryAfterMs } from '../src/retry-after.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const answer = (status: number, retryAfter?: string): WriteOutcome =>
  outcomeOf({ status, retryAfter, text: 'because' }, NOW);

describe('an answer', () => {
  it.each([200, 202, 204, 299])('%d is delivered', (status) => {
    expect(answer(status)).toEqual({ outcome: 'delivered', status });
  });

  it.each([400, 409, 413, 415, 422])('%d judges the content: it is refused', (status) => {
    expect(answer(status)).toEqual({ outcome: 'refused', status, message: `the target answered ${status}: because` });
  });

  it.each([301, 307, 401, 403, 404, 407, 408])('%d is cured by an operator: it is to be tried again', (status) => {
    expect(answer(status)).toMatchObject({ outcome: 'retry', reason: 'not-accepted', status });
  });

  it.each([500, 502, 503, 504])('%d is to be tried again', (status) => {
    expect(answer(status)).toMatchObject({ outcome: 'retry', reason: 'server-error', status });
  });

  it('429 is to be tried again, after the time it names', () => {
    expect(answer(429, '7')).toMatchObject({ outcome: 'retry', reason: 'throttled', retryAfterMs: 7000 });
  });

  it('without Retry-After leaves the wait to the caller', () => {
    expect(answer(503)).not.toHaveProperty('retryAfterMs');
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['99999999', 3_600_000],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ])('%j is a wait', (header, waitMs) => {
    expect(retryAfterMs(header, NOW)).toBe(waitMs);
  });

  it.each([undefined, '', '-5', '1.5', 'soon'])('%j is none', (header) => {
    expect(retryAfterMs(header, NOW)).toBeUndefined();
  });
});
