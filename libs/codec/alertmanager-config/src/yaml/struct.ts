import { type Decoding } from './decoding.ts';
import { emitText, type EmittedEntry } from './emitted.ts';
import { follow, isMergeKey, type MapNode, type YamlNode } from './node.ts';
import { textOf } from './scalars.ts';
import { FAILED, type Type } from './type.ts';

/** A key of a structure. */
export interface Field<T> {
  readonly type: Type<T>;
  /** Left out where it is nothing. */
  readonly omitEmpty: boolean;
  /** Written in one line. */
  readonly flow: boolean;
}

/** A key that is written in every case. */
export function always<T>(type: Type<T>): Field<T> {
  return { type, omitEmpty: false, flow: false };
}

/** A key that is left out where it is nothing. */
export function given<T>(type: Type<T>): Field<T> {
  return { type, omitEmpty: true, flow: false };
}

/** As `given`, written in one line. */
export function inline<T>(type: Type<T>): Field<T> {
  return { type, omitEmpty: true, flow: true };
}

/** Keys with what they hold, in the order in which they are written. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The value of a structure. */
export type StructOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Says what is wrong with a structure; `key` is the one it is about. */
export type Refuse = (message: string, key?: string) => void;

/** A structure. */
export interface StructOptions<F extends Fields> {
  /** For messages. */
  readonly name: string;
  readonly fields: F;
  /** What holds where a key is not given. */
  readonly defaults?: Partial<StructOf<F>>;
  /** Checks what was read, and completes it. Not called where a part of it could not be read. */
  finish?(value: StructOf<F>, refuse: Refuse, decoding: Decoding): StructOf<F>;
}

/** The type of a structure: known keys alone, each once. */
export class StructType<F extends Fields> implements Type<StructOf<F>> {
  readonly name: string;
  readonly fields: F;
  readonly #options: StructOptions<F>;
  readonly #entries: readonly (readonly [string, Field<unknown>])[];

  constructor(options: StructOptions<F>) {
    this.name = options.name;
    this.fields = options.fields;
    this.#options = options;
    this.#entries = Object.entries(options.fields);
  }

  zero(): StructOf<F> {
    return Object.fromEntries(this.#entries.map(([key, { type }]) => [key, type.zero()])) as StructOf<F>;
  }

  /** What holds where nothing is given. */
  initial(): StructOf<F> {
    return { ...this.zero(), ...this.#options.defaults };
  }

  isZero(value: StructOf<F>): boolean {
    return this.#entries.every(([key, { type }]) => type.isZero(value[key]));
  }

  decode(
    node: Exclude<YamlNode, { kind: 'alias' }>,
    decoding: Decoding,
    current: StructOf<F>,
  ): StructOf<F> | typeof FAILED {
    if (node.kind !== 'map') return decoding.mismatch(node, this.name);
    const before = decoding.problems.length;
    const draft: Record<string, unknown> = this.#options.defaults === undefined ? { ...current } : this.initial();
    this.#apply(node, decoding, draft);
    if (decoding.problems.length > before) return FAILED;
    const value = draft as StructOf<F>;
    decoding.locate(value, node);
    const finished = this.#options.finish?.(value, refuseAt(value, decoding), decoding) ?? value;
    if (decoding.problems.length > before) return FAILED;
    decoding.locate(finished, node);
    return finished;
  }

  encode(value: StructOf<F>): { readonly kind: 'map'; readonly entries: readonly EmittedEntry[] } {
    const written = this.#entries.filter(([key, { type, omitEmpty }]) => !omitEmpty || !type.isZero(value[key]));
    const entries = written.map(([key, { type, flow }]) => ({
      key: emitText(key),
      value: type.encode(value[key]),
      flow,
    }));
    return { kind: 'map', entries };
  }

  #apply(node: MapNode, decoding: Decoding, draft: Record<string, unknown>): void {
    const seen = new Set<string>();
    for (const { key, value } of node.entries) {
      if (isMergeKey(key)) {
        for (const merged of mergedMaps(value, decoding)) this.#apply(merged, decoding, draft);
        continue;
      }
      const name = textOf(follow(key), decoding, 'a string');
      if (name === FAILED) continue;
      const field = Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
      if (field === undefined) decoding.fail(key.at, `field ${name} not found in ${this.name}`);
      else if (seen.has(name)) decoding.fail(key.at, `field ${name} already set in ${this.name}`);
      else this.#set(draft, { name, type: field.type }, value, decoding);
      seen.add(name);
    }
  }

  #set(
    draft: Record<string, unknown>,
    { name, type }: { readonly name: string; readonly type: Type<unknown> },
    node: YamlNode,
    decoding: Decoding,
  ): void {
    const value = decoding.read(type, node, draft[name]);
    if (value !== FAILED) draft[name] = value;
  }
}

/** A structure's type. */
export function struct<F extends Fields>(options: StructOptions<F>): StructType<F> {
  return new StructType(options);
}

function refuseAt(value: object, decoding: Decoding): Refuse {
  return (message, key) => {
    decoding.fail(decoding.positionOf(value, key), message);
  };
}

/** The mappings a merge key takes over, the one that wins last. */
export function mergedMaps(node: YamlNode, decoding: Decoding): readonly MapNode[] {
  const value = follow(node);
  const candidates = value.kind === 'list' && node.kind === 'list' ? value.items.map(follow).toReversed() : [value];
  const maps = candidates.filter((candidate) => candidate.kind === 'map');
  if (maps.length === candidates.length) return maps;
  decoding.fail(node.at, 'yaml: map merge requires map or sequence of maps as the value');
  return [];
}
