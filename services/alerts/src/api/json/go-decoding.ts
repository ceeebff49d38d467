import { failure, success, type LabelSet, type Outcome } from '@tandem/alerting';

import { parseDateTime } from './date-time.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How a member of an object is taken, by its name in lower case. */
export type Members = Readonly<Record<string, (value: unknown) => void>>;

/**
 * Fills values as one pass of Go's `encoding/json` fills structs: names of members in any case, null leaves what is there. Of what
 * is wrong a time or a URI is told of, as these end the pass; else the first member of a wrong type.
 */
export class GoDecoding {
  /** What ends a pass. */
  #fatal: string | undefined;
  #mismatch: string | undefined;

  /** What a pass came to: what it filled, or what was wrong. */
  outcome<Filled>(filled: Filled): Outcome<Filled> {
    const error = this.#fatal ?? this.#mismatch;
    return error === undefined ? success(filled) : failure(error);
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
    if (value !== null) this.mismatch(value, textIn(field));
    return undefined;
  }

  /** @param field as Go names it */
  flag(value: unknown, field: string): boolean | undefined {
    if (typeof value === 'boolean') return value;
    if (value !== null) this.mismatch(value, `struct field ${field} of type bool`);
    return undefined;
  }

  /** @param field as Go names it */
  uri(value: unknown, field: string): string | undefined {
    if (typeof value === 'string') return wellFormed(value);
    if (value !== null) this.#fatal ??= mismatchOf(value, textIn(field));
    return undefined;
  }

  /** A time, Unix ms. @param field as Go names it */
  time(value: unknown, field: string): number | undefined {
    if (value === null) return undefined;
    const time = typeof value === 'string' ? parseDateTime(value) : failure(mismatchOf(value, textIn(field)));
    if (time.ok) return time.value;
    this.#fatal ??= time.error;
    return undefined;
  }

  /**
   * Names with their values, added to those that are known already: a member may be written twice, in another case.
   *
   * @param field as Go names it
   */
  labels(value: unknown, field: string, known: LabelSet | undefined): LabelSet | undefined {
    const object = this.object(value, `struct field ${field} of type models.LabelSet`);
    if (object === undefined) return undefined;
    const pairs = Object.entries(object).map(([name, of]) => [wellFormed(name), this.text(of, field) ?? ''] as const);
    return new Map([...(known ?? []), ...pairs]);
  }

  /** A value of another type than the one that belongs there. */
  mismatch(value: unknown, type: string): void {
    this.#mismatch ??= mismatchOf(value, type);
  }
}

function textIn(field: string): string {
  return `struct field ${field} of type string`;
}

function mismatchOf(value: unknown, type: string): string {
  return `json: cannot unmarshal ${kindOf(value)} into Go ${type}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** An escaped half of a surrogate pair is the replacement character to Go. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\u{fffd}');
}
