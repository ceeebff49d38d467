import { type Decoding } from './decoding.ts';
import { type Emitted } from './emitted.ts';
import { type YamlNode } from './node.ts';

/** It could not be read; the decoding knows why. */
export const FAILED: unique symbol = Symbol('failed');
/** See `FAILED`. */
export type Failed = typeof FAILED;

/** How a value of the configuration is read, told to be nothing, and written. */
export interface Type<T> {
  /** For messages: `a list of strings`. */
  readonly name: string;
  /** What stands where nothing is set, and for null. */
  zero(): T;
  /** Whether a field that leaves nothings out leaves this out. */
  isZero(value: T): boolean;
  /** Reads a node that is not null. `current` is what the field holds so far: a default. */
  decode(node: Exclude<YamlNode, { kind: 'alias' }>, decoding: Decoding, current: T): T | Failed;
  encode(value: T): Emitted;
}

/** What a type reads. */
export type TypeOf<Of> = Of extends Type<infer T> ? T : never;
