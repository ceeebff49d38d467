/** A value as it is to be written. */
export type Emitted = EmittedScalar | EmittedList | EmittedMap;

/** A scalar. */
export interface EmittedScalar {
  readonly kind: 'scalar';
  readonly text: string;
  /** `literal`: a number, a boolean or null, never quoted. `text`: quoted where it would be read as something else. */
  readonly as: 'literal' | 'text';
}

/** A list. */
export interface EmittedList {
  readonly kind: 'list';
  readonly items: readonly Emitted[];
}

/** A mapping. */
export interface EmittedMap {
  readonly kind: 'map';
  readonly entries: readonly EmittedEntry[];
}

/** An entry of a mapping. */
export interface EmittedEntry {
  readonly key: Emitted;
  readonly value: Emitted;
  /** Of a structure's field: whether the next list or mapping is written in one line. Mappings of free keys say nothing. */
  readonly flow?: boolean;
}

/** A text. */
export function emitText(text: string): EmittedScalar {
  return { kind: 'scalar', text, as: 'text' };
}

/** A number, a boolean or null. */
export function emitLiteral(value: boolean | number | bigint | null): EmittedScalar {
  return { kind: 'scalar', text: String(value), as: 'literal' };
}
