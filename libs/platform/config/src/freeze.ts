import { type DeepReadonly } from './config-types.ts';

/** Freezes a plain value all the way down. Secrets and URLs guard themselves, and are left as they are. */
export function deepFreeze<Value>(value: Value): DeepReadonly<Value> {
  freeze(value);
  return value as DeepReadonly<Value>;
}

function freeze(value: unknown): void {
  if (!isPlain(value) || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const item of Object.values(value)) freeze(item);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}
