import { type MatcherMode } from '@tandem/alerting';

import { isMergeKey, type Position, type YamlNode } from './node.ts';
import { type Problem } from './problem.ts';
import { resolveScalar } from './resolve-scalar.ts';
import { FAILED, type Failed, type Type } from './type.ts';

/** Up to here (nodes read) the share of aliased ones is not looked at; yaml.v2's numbers. */
const FREE_ALIASED = 100;
const FREE_NODES = 1000;
const LARGE_NODES = 400_000;
const HUGE_NODES = 4_000_000;
/** No configuration is nested deeper; far below what the stack takes. */
const MAX_DEPTH = 500;

/** Stops reading a document: everything further would only cost. */
export class ReadingStopped extends Error {
  readonly at: Position;

  constructor(at: Position, message: string) {
    super(message);
    this.at = at;
  }
}

/** One reading of a document: what is wrong with it, what is noteworthy, and where what was read stands. */
export class Decoding {
  readonly mode: MatcherMode;
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #nodes = new WeakMap<object, YamlNode>();
  #read = 0;
  #aliased = 0;
  #aliasDepth = 0;
  #depth = 0;

  constructor(mode: MatcherMode) {
    this.mode = mode;
  }

  /** Reads a node as a type; null is the type's nothing. `current` is what stands there so far. */
  read<T>(type: Type<T>, node: YamlNode, current: T): T | Failed {
    this.#count(node.at);
    if (this.#depth >= MAX_DEPTH) throw new ReadingStopped(node.at, 'yaml: nested too deeply');
    this.#depth++;
    const value = this.#readBelow(type, node, current);
    this.#depth--;
    return value;
  }

  #readBelow<T>(type: Type<T>, node: YamlNode, current: T): T | Failed {
    if (node.kind === 'alias') {
      this.#aliasDepth++;
      const value = this.read(type, node.target, current);
      this.#aliasDepth--;
      return value;
    }
    if (isNull(node)) return type.zero();
    return type.decode(node, this, current);
  }

  /** Something is wrong at a place. @returns `FAILED` */
  fail(at: Position, message: string): Failed {
    this.problems.push({ line: at.line, column: at.column, message });
    return FAILED;
  }

  /** A node is of the wrong kind: ``cannot unmarshal !!str `abc` into a boolean``. @returns `FAILED` */
  mismatch(node: Exclude<YamlNode, { kind: 'alias' }>, type: string): Failed {
    return this.fail(node.at, `cannot unmarshal ${describe(node)} into ${type}`);
  }

  /** Something an operator should know. */
  warn(at: Position, message: string): void {
    this.warnings.push({ line: at.line, column: at.column, message });
  }

  /** Remembers which node a structure was read from. */
  locate(value: object, node: YamlNode): void {
    this.#nodes.set(value, node);
  }

  /** Where a structure, or a key of it, stands; the beginning of the file for what is nowhere. */
  positionOf(value: object, key?: string): Position {
    const node = this.#nodes.get(value);
    if (node === undefined) return { line: 1, column: 1 };
    return (key === undefined ? undefined : keyPosition(node, key)) ?? node.at;
  }

  #count(at: Position): void {
    this.#read++;
    if (this.#aliasDepth > 0) this.#aliased++;
    if (this.#aliased <= FREE_ALIASED || this.#read <= FREE_NODES) return;
    if (this.#aliased / this.#read > allowedShare(this.#read)) {
      throw new ReadingStopped(at, 'yaml: document contains excessive aliasing');
    }
  }
}

function allowedShare(read: number): number {
  if (read <= LARGE_NODES) return 0.99;
  if (read >= HUGE_NODES) return 0.1;
  return 0.99 - (0.89 * (read - LARGE_NODES)) / (HUGE_NODES - LARGE_NODES);
}

/** Whether a node is null: written so, or nothing at all. */
export function isNull(node: YamlNode): boolean {
  if (node.kind !== 'scalar') return false;
  if (node.tag !== undefined) return node.tag === '!!null';
  return node.plain && resolveScalar(node.text).tag === '!!null';
}

/** Where a key of a mapping stands, its merged mappings included. */
function keyPosition(node: YamlNode, key: string): Position | undefined {
  if (node.kind === 'alias') return keyPosition(node.target, key);
  if (node.kind === 'list') return node.items.map((item) => keyPosition(item, key)).find((at) => at !== undefined);
  if (node.kind === 'scalar') return undefined;
  const own = node.entries.find((entry) => entry.key.kind === 'scalar' && entry.key.text === key);
  if (own !== undefined) return own.key.at;
  const merged = node.entries.filter((entry) => isMergeKey(entry.key)).map((entry) => keyPosition(entry.value, key));
  return merged.find((at) => at !== undefined);
}

/** ``!!str `abcdefg...` ``, `!!seq`, `!!map`. */
function describe(node: Exclude<YamlNode, { kind: 'alias' }>): string {
  if (node.kind === 'map') return '!!map';
  if (node.kind === 'list') return '!!seq';
  const tag = node.tag ?? (node.plain ? resolveScalar(node.text).tag : '!!str');
  return `${tag} \`${node.text.length > 10 ? `${node.text.slice(0, 7)}...` : node.text}\``;
}
