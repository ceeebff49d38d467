import { Secret } from './secret.ts';

/**
 * The keys whose values differ between two configurations, in the order they are first met: `dedup.failover_timeout`.
 * Lists are compared as one value; secrets by what they hide.
 */
export function changedKeys(before: unknown, after: unknown): readonly string[] {
  return [...changed(before, after, '')];
}

function* changed(before: unknown, after: unknown, path: string): Generator<string> {
  if (!isSection(before) || !isSection(after)) {
    if (!isSame(before, after)) yield path;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* changed(before[key], after[key], path === '' ? key : `${path}.${key}`);
  }
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Secret && b instanceof Secret) return a.reveal() === b.reveal();
  if (Array.isArray(a) && Array.isArray(b)) {
    const others: readonly unknown[] = b;
    return (
      a.length === b.length && a.every((item: unknown, i) => changedKeys({ item }, { item: others[i] }).length === 0)
    );
  }
  return Object.is(a, b);
}
