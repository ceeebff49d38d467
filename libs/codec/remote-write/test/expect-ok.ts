import { expect } from '@jest/globals';

/** The successful outcome, which this must be. */
export function expectOk<T extends { readonly ok: boolean }>(result: T): Extract<T, { readonly ok: true }> {
  expect(result).toHaveProperty('ok', true);
  return result as Extract<T, { readonly ok: true }>;
}
