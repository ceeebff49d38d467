import { SecretText } from '../secret.ts';

/** Whether something is set: a text that is not empty, or anything else that is there. */
export function isGiven(value: unknown): boolean {
  if (value instanceof SecretText) return !value.empty;
  return value !== undefined && value !== '';
}

/** How many of some alternatives are set. */
export function countGiven(...values: readonly unknown[]): number {
  return values.filter(isGiven).length;
}
