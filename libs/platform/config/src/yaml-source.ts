import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml';

import { type ConfigProblem } from './problem.ts';

/** A path of keys and list indexes. */
export type KeyPath = readonly PropertyKey[];

/** A YAML file as read: plain values, and where each of them stands. */
export class YamlSource {
  readonly file: string;
  readonly problems: ConfigProblem[] = [];
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string, env: Readonly<Record<string, string | undefined>>) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    for (const { message, pos } of [...this.#document.errors, ...this.#document.warnings]) {
      this.problems.push({ where: this.#at(pos[0]), message: firstLine(message) });
    }
    this.#substitute(env);
  }

  /** The content: maps as objects, an empty file as nothing; nothing when there are problems. */
  value(): unknown {
    if (this.problems.length > 0) return undefined;
    try {
      return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (error) {
      this.problems.push({ where: this.file, message: error instanceof Error ? firstLine(error.message) : 'not YAML' });
      return undefined;
    }
  }

  /** `tandem.yaml:12:3` of the key (or list item) a path leads to, or of the nearest thing above that is there. */
  where(path: KeyPath): string {
    let node: unknown = this.#document.contents;
    let position: number | undefined;
    for (const segment of path) {
      const step = childOf(this.#resolve(node), segment);
      if (step === undefined) break;
      position = step.key?.range?.[0] ?? position;
      node = step.value;
    }
    return position === undefined ? this.file : this.#at(position);
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.file}:${line}:${col}`;
  }

  /** Replaces `${NAME}` in values; `$${` stands for `${`. A name that is not set is a problem, not an empty value. */
  #substitute(env: Readonly<Record<string, string | undefined>>): void {
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('$')) return;
        node.value = node.value.replaceAll(/\$\$\{|\$\{(\w+)\}/gu, (_all, name: string | undefined) => {
          if (name === undefined) return '${';
          const value = Object.hasOwn(env, name) ? env[name] : undefined;
          if (value === undefined) {
            const message = `environment variable ${name} is not set`;
            this.problems.push({ where: this.#at(node.range?.[0] ?? 0), message });
          }
          return value ?? '';
        });
      },
    });
  }
}

interface Step {
  readonly key: Node | undefined;
  readonly value: unknown;
}

function childOf(node: unknown, segment: PropertyKey): Step | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return isNode(item) ? { key: item, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  for (const { key, value } of node.items) {
    if (isScalar(key) && String(key.value) === String(segment)) return { key, value };
  }
  return undefined;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
