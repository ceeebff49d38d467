import { type Label } from '@tandem/series';
import { LineError, LineReader, unescapeHelp } from './line-reader.ts';

/** The type of a metric family. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** What HELP and TYPE lines say of a family of metrics. */
export interface ExpositionFamily {
  readonly name: string;
  readonly type?: MetricType;
  readonly help?: string;
}

/** One sample line. */
export interface ExpositionSample {
  /** `__name__` first, then the labels as written; those of empty value are left out. */
  readonly labels: readonly Label[];
  readonly value: number;
  /** Unix ms. Absent: the time of the scrape. */
  readonly timestampMs?: number;
}

/** What is wrong with a text, and on which line (the first is 1). */
export interface ParseFailure {
  readonly ok: false;
  readonly line: number;
  readonly message: string;
}

/** What {@link parseText} says. */
export type ParseResult =
  | {
      readonly ok: true;
      readonly samples: readonly ExpositionSample[];
      /** Families that have a HELP or a TYPE, in the order of the text. */
      readonly families: readonly ExpositionFamily[];
    }
  | ParseFailure;

const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** A decimal number; what Go's ParseFloat takes beside it (hexadecimal, underscores) no exporter writes. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const TIMESTAMP = /^-?\d+$/;
const TYPES: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Parses Prometheus' text format, version 0.0.4, names with dots and other UTF-8 in quotes included. All or nothing: a
 * text with a wrong line gives a failure that names it. It does not check that the samples of a family are together,
 * or are of its type: no scraper does.
 */
export function parseText(text: string): ParseResult {
  const samples: ExpositionSample[] = [];
  const families = new Map<string, ExpositionFamily>();
  let line = 0;
  try {
    for (const content of text.split('\n')) {
      line++;
      readLine(new LineReader(content), samples, families);
    }
  } catch (error) {
    if (error instanceof LineError) return { ok: false, line, message: error.message };
    throw error;
  }
  return { ok: true, samples, families: [...families.values()] };
}

function readLine(reader: LineReader, samples: ExpositionSample[], families: Map<string, ExpositionFamily>): void {
  reader.skipBlanks();
  if (reader.atEnd()) return;
  if (reader.accept('#')) readComment(reader, families);
  else samples.push(readSample(reader));
}

function readComment(reader: LineReader, families: Map<string, ExpositionFamily>): void {
  reader.skipBlanks();
  const keyword = reader.word();
  if (keyword !== 'HELP' && keyword !== 'TYPE') return;
  reader.skipBlanks();
  const name = readName(reader, METRIC_NAME, 'a metric name');
  reader.skipBlanks();
  const said = keyword === 'HELP' ? { help: unescapeHelp(reader.rest()) } : { type: typeOf(reader.rest().trim()) };
  families.set(name, { ...(families.get(name) ?? { name }), ...said });
}

function typeOf(text: string): MetricType {
  for (const type of TYPES) if (type === text) return type;
  throw new LineError(`unknown metric type "${text}"`);
}

function readSample(reader: LineReader): ExpositionSample {
  const labels: Label[] = [];
  if (!reader.accept('{')) {
    labels.push({ name: '__name__', value: reader.match(METRIC_NAME, 'a metric name') });
    reader.skipBlanks();
    if (reader.accept('{')) readLabels(reader, labels);
  } else readLabels(reader, labels);
  if (labels[0]?.name !== '__name__') throw new LineError('a sample without a metric name');
  reader.skipBlanks();
  const value = valueOf(reader.word());
  reader.skipBlanks();
  if (reader.atEnd()) return { labels, value };
  const timestampMs = timestampOf(reader.word());
  reader.skipBlanks();
  if (!reader.atEnd()) throw new LineError(`"${reader.rest()}" after the timestamp`);
  return { labels, value, timestampMs };
}

/** Reads what is between braces: labels, and first of all perhaps a metric name in quotes. */
function readLabels(reader: LineReader, labels: Label[]): void {
  const names = new Set(labels.map((label) => label.name));
  for (let first = labels.length === 0; ; first = false) {
    reader.skipBlanks();
    if (reader.accept('}')) return;
    const name = readName(reader, LABEL_NAME, 'a label name');
    reader.skipBlanks();
    if (reader.accept('=')) {
      reader.skipBlanks();
      addLabel({ name, value: reader.quoted() }, labels, names);
    } else if (first) addLabel({ name: '__name__', value: name }, labels, names);
    else reader.expect('=');
    reader.skipBlanks();
    if (!reader.accept(',')) {
      reader.expect('}');
      return;
    }
  }
}

function addLabel(label: Label, labels: Label[], names: Set<string>): void {
  if (names.has(label.name)) throw new LineError(`label "${label.name}" is there twice`);
  names.add(label.name);
  if (label.value !== '') labels.push(label);
}

function readName(reader: LineReader, pattern: RegExp, what: string): string {
  return reader.startsWith('"') ? reader.quoted() : reader.match(pattern, what);
}

function valueOf(text: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (NOT_A_NUMBER.test(text)) return NaN;
  const infinite = INFINITE.exec(text);
  if (infinite === null) throw new LineError(`"${text}" is not a number`);
  return infinite[1] === '-' ? -Infinity : Infinity;
}

function timestampOf(text: string): number {
  const timestampMs = Number(text);
  if (!TIMESTAMP.test(text) || !Number.isSafeInteger(timestampMs))
    throw new LineError(`"${text}" is not a timestamp in ms`);
  return timestampMs;
}
