import { type LabelSet } from '@tandem/alerting';

import { parseDateTime } from './date-time.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How a member of an object is taken, by its name in lower case. */
export type Members = Readonly<Record<string, (value: unknown) => void>>;

/**
 * Fills values as Go's `encoding/json` fills structs: names of members in any case, null leaves what is there, and of the members
 * of a wrong type the first one is told of.
 */
export class GoDecoding {
  #error: string | undefined;

  /** What was wrong first. */
  get error(): string | undefined {
    return this.#error;
  }

  /** An object, or `undefined` where there is none: null, or a mismatch that is kept. */
  object(value: unknown, type: string): JsonObject | undefined {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
    this.mismatch(value, type);
    return undefined;
  }

  /** Each member that has a place, in the order written. */
  members(object: JsonObject, members: Members): void {
    for (const [name, value] of Object.entries(object)) members[name.toLowerCase()]?.(value);
  }

  /** An array, or `undefined`. */
  array(value: unknown, type: string): readonly unknown[] | undefined {
    if (value === null || value === undefined) return undefined;
    if (Array.isArray(value)) return value as readonly unknown[];
    this.mismatch(value, type);
    return undefined;
  }

  /** @param field as Go names it: `Alert.generatorURL` */
  text(value: unknown, field: string): string | undefined {
    if (typeof value === 'string') return wellFormed(value);
    if (value !== null) this.mismatch(value, `struct field ${field} of type string`);
    return undefined;
  }

  /** @param field as Go names it */
  flag(value: unknown, field: string): boolean | undefined {
    if (typeof value === 'boolean') return value;
    if (value !== null) this.mismatch(value, `struct field ${field} of type bool`);
    return undefined;
  }

  /** A time, Unix ms. @param field as Go names it */
  time(value: unknown, field: string): number | undefined {
    const text = this.text(value, field);
    if (text === undefined) return undefined;
    const time = parseDateTime(text);
    if (time.ok) return time.value;
    this.#fail(time.error);
    return undefined;
  }

  /** Names with their values. @param field as Go names it */
  labels(value: unknown, field: string): LabelSet | undefined {
    const object = this.object(value, `struct field ${field} of type models.LabelSet`);
    if (object === undefined) return undefined;
    return new Map(Object.entries(object).map(([name, of]) => [wellFormed(name), this.text(of, field) ?? '']));
  }

  /** A value of another type than the one that belongs there. */
  mismatch(value: unknown, type: string): void {
    this.#fail(`json: cannot unmarshal ${kindOf(value)} into Go ${type}`);
  }

  #fail(error: string): void {
    this.#error ??= error;
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** An escaped half of a surrogate pair is the replacement character to Go. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\u{fffd}');
}
