import { Buffer } from 'node:buffer';

import { type Emitted, type EmittedEntry, type EmittedList, type EmittedMap, type EmittedScalar } from './emitted.ts';
import { INDENT, LineWriter } from './line-writer.ts';
import { styleOfText } from './scalar-style.ts';
import { writeBlock, writeDoubleQuoted, writePlain, writeSingleQuoted, type ScalarContext } from './write-scalar.ts';

/** Longest key, bytes, that is written without a `?`. */
const SIMPLE_KEY_BYTES = 128;

/**
 * Writes a value as yaml.v2 does, byte for byte: what an Alertmanager answers on `/api/v2/status` is read again by
 * `amtool`, and compared by people who look for drift.
 */
export function emitYaml(value: Emitted): string {
  const emitter = new Emitter();
  return emitter.document(value);
}

/** Where a node stands. */
interface Place {
  readonly parent: 'root' | 'list' | 'map';
  readonly simpleKey: boolean;
}

const IN_LIST: Place = { parent: 'list', simpleKey: false };
const AS_VALUE: Place = { parent: 'map', simpleKey: false };
const AS_KEY: Place = { parent: 'map', simpleKey: true };

class Emitter {
  readonly #writer = new LineWriter();
  /** Column of the level; nothing before the first. */
  #indent = -1;
  #flowLevel = 0;
  /**
   * Whether the next list or mapping goes into one line. Stays set behind a scalar, as in yaml.v2: the interval after one
   * with a location is therefore written in braces.
   */
  #flow = false;

  document(value: Emitted): string {
    this.#node(value, { parent: 'root', simpleKey: false });
    this.#writer.indent(0);
    return this.#writer.text;
  }

  #node(value: Emitted, place: Place): void {
    if (value.kind === 'scalar') this.#scalar(value, place);
    else if (value.kind === 'list') this.#list(value, place);
    else this.#map(value);
  }

  #scalar({ text, as }: EmittedScalar, { simpleKey }: Place): void {
    const context: ScalarContext = { indent: this.#deeper(true), breaks: !simpleKey };
    const style = as === 'literal' ? 'plain' : styleOfText(text, { flow: this.#flowLevel > 0, simpleKey });
    if (style === 'plain') writePlain(this.#writer, text, context);
    else if (style === 'single') writeSingleQuoted(this.#writer, text, context);
    else if (style === 'double') writeDoubleQuoted(this.#writer, text, context);
    else writeBlock(this.#writer, text, context);
  }

  #list({ items }: EmittedList, { parent }: Place): void {
    if (this.#takesFlow() || items.length === 0) {
      this.#flowList(items);
      return;
    }
    // A list that is a value stands in its key's column; one within a list does not.
    const indentless = parent === 'map' && !this.#writer.indention;
    this.#within(this.#deeper(false, indentless), () => {
      for (const item of items) {
        this.#writer.indent(this.#indent);
        this.#writer.indicator('-', { blankBefore: true, indention: true });
        this.#node(item, IN_LIST);
      }
    });
  }

  #map({ entries }: EmittedMap): void {
    if (this.#takesFlow() || entries.length === 0) {
      this.#flowMap(entries);
      return;
    }
    this.#within(this.#deeper(false), () => {
      for (const entry of entries) this.#entry(entry);
    });
  }

  #entry({ key, value, flow }: EmittedEntry): void {
    this.#writer.indent(this.#indent);
    if (isSimpleKey(key)) {
      this.#node(key, AS_KEY);
      this.#writer.indicator(':');
    } else {
      this.#writer.indicator('?', { blankBefore: true, indention: true });
      this.#node(key, AS_VALUE);
      this.#writer.indent(this.#indent);
      this.#writer.indicator(':', { blankBefore: true, indention: true });
    }
    if (flow !== undefined) this.#flow = flow;
    this.#node(value, AS_VALUE);
  }

  #flowList(items: readonly Emitted[]): void {
    this.#writer.indicator('[', { blankBefore: true, blank: true });
    this.#inFlow(() => {
      for (const [index, item] of items.entries()) {
        this.#flowItem(index);
        this.#node(item, IN_LIST);
      }
    });
    this.#writer.indicator(']');
  }

  #flowMap(entries: readonly EmittedEntry[]): void {
    this.#writer.indicator('{', { blankBefore: true, blank: true });
    this.#inFlow(() => {
      for (const [index, { key, value, flow }] of entries.entries()) {
        this.#flowItem(index);
        if (!isSimpleKey(key)) this.#writer.indicator('?', { blankBefore: true });
        this.#node(key, isSimpleKey(key) ? AS_KEY : AS_VALUE);
        this.#writer.indicator(':', { blankBefore: !isSimpleKey(key) });
        if (flow !== undefined) this.#flow = flow;
        this.#node(value, AS_VALUE);
      }
    });
    this.#writer.indicator('}');
  }

  #flowItem(index: number): void {
    if (index > 0) this.#writer.indicator(',');
    if (this.#writer.tooWide) this.#writer.indent(Math.max(0, this.#indent));
  }

  #inFlow(write: () => void): void {
    this.#within(this.#deeper(true), () => {
      this.#flowLevel++;
      write();
      this.#flowLevel--;
    });
  }

  /** Whether a list or mapping is to be in one line; asks and forgets. */
  #takesFlow(): boolean {
    const flow = this.#flow;
    this.#flow = false;
    return flow || this.#flowLevel > 0;
  }

  #deeper(flow: boolean, indentless = false): number {
    if (this.#indent < 0) return flow ? INDENT : 0;
    return indentless ? this.#indent : this.#indent + INDENT;
  }

  #within(indent: number, write: () => void): void {
    const before = this.#indent;
    this.#indent = indent;
    write();
    this.#indent = before;
  }
}

function isSimpleKey(key: Emitted): boolean {
  if (key.kind === 'list') return key.items.length === 0;
  if (key.kind === 'map') return key.entries.length === 0;
  return !/[\r\n\u0085\u2028\u2029]/u.test(key.text) && Buffer.byteLength(key.text) <= SIMPLE_KEY_BYTES;
}
