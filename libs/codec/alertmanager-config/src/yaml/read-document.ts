import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  Scalar,
  type Alias,
  type Document,
  type YAMLMap,
} from 'yaml';

import { type MapEntry, type Position, type YamlNode } from './node.ts';
import { type Problem } from './problem.ts';

const LONG_TAG = 'tag:yaml.org,2002:';

/** What came of reading a text: its first document (`undefined` where it has none), or why it is not YAML. */
export type DocumentOutcome =
  { readonly ok: true; readonly root: YamlNode | undefined } | { readonly ok: false; readonly problem: Problem };

/**
 * Reads the first document of a YAML text; whatever follows it is passed over, as upstream does. Scalars are left as they
 * are written: what they mean is for `resolveScalar`.
 */
export function readDocument(text: string): DocumentOutcome {
  try {
    return readFirst(text);
  } catch (error) {
    // The stack is what ends a nesting.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problem: { line: 1, column: 1, message: 'yaml: nested too deeply' } };
  }
}

function readFirst(text: string): DocumentOutcome {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (document === undefined) return { ok: true, root: undefined };
  return new DocumentReader(document, lines).read();
}

class Unreadable extends Error {
  readonly at: Position;

  constructor(at: Position, message: string) {
    super(message);
    this.at = at;
  }
}

class DocumentReader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #read = new Map<unknown, YamlNode>();
  readonly #open = new Set<unknown>();

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  read(): DocumentOutcome {
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const message = error.message.split('\n', 1)[0] ?? 'not YAML';
      return { ok: false, problem: { ...this.#at(error.pos[0]), message: `yaml: ${message}` } };
    }
    if (this.#document.contents === null) return { ok: true, root: undefined };
    try {
      return { ok: true, root: this.#node(this.#document.contents, { line: 1, column: 1 }) };
    } catch (unreadable) {
      if (!(unreadable instanceof Unreadable)) throw unreadable;
      return { ok: false, problem: { ...unreadable.at, message: `yaml: ${unreadable.message}` } };
    }
  }

  #node(node: unknown, near: Position): YamlNode {
    const known = this.#read.get(node);
    if (known !== undefined) return known;
    const made = this.#make(node, near);
    if (node !== null) this.#read.set(node, made);
    return made;
  }

  #make(node: unknown, near: Position): YamlNode {
    if (isAlias(node)) return this.#alias(node, near);
    if (isScalar(node)) return this.#scalar(node, near);
    if (!isMap(node) && !isSeq(node)) return { kind: 'scalar', text: '', plain: true, tag: undefined, at: near };
    const at = this.#positionOf(node, near);
    this.#open.add(node);
    const made: YamlNode = isMap(node)
      ? { kind: 'map', entries: this.#entries(node, at), at }
      : { kind: 'list', items: node.items.map((item) => this.#node(item, at)), at };
    this.#open.delete(node);
    return made;
  }

  #entries(map: YAMLMap, near: Position): readonly MapEntry[] {
    return map.items.map(({ key, value }) => {
      const read = this.#node(key, near);
      return { key: read, value: this.#node(value, read.at) };
    });
  }

  #scalar(node: Scalar, near: Position): YamlNode {
    const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
    const plain = node.type === undefined || node.type === Scalar.PLAIN;
    return { kind: 'scalar', text, plain, tag: shortTag(node.tag), at: this.#positionOf(node, near) };
  }

  #alias(alias: Alias, near: Position): YamlNode {
    const at = this.#positionOf(alias, near);
    const target = alias.resolve(this.#document);
    if (target === undefined) throw new Unreadable(at, `unknown anchor '${alias.source}' referenced`);
    if (this.#open.has(target)) throw new Unreadable(at, `anchor '${alias.source}' value contains itself`);
    return { kind: 'alias', target: this.#node(target, at), at };
  }

  #positionOf(node: { readonly range?: readonly number[] | null | undefined }, near: Position): Position {
    const start = node.range?.[0];
    return start === undefined ? near : this.#at(start);
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function shortTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag === '!') return undefined;
  return tag.startsWith(LONG_TAG) ? `!!${tag.slice(LONG_TAG.length)}` : tag;
}
