import { Buffer } from 'node:buffer';

import { type RecordHeaders } from '@tandem/stream';
import avro from 'avsc';

import { HEADER } from './samples-headers.ts';
import { isReadableVersion, RECORD_VERSION } from './versions.ts';

/** What is put into a record of the log. */
export interface EncodedRecord {
  readonly value: Uint8Array;
  readonly headers: RecordHeaders;
}

/** What reading a record comes to. */
export type AvroResult<T> =
  | { readonly ok: true; readonly value: T }
  /** `cannot read Election: …`; for logs. */
  | { readonly ok: false; readonly problem: string };

/** One schema in one version. */
export interface AvroSchema {
  /** An Avro record schema. */
  readonly schema: unknown;
  /** CRC-64-AVRO of its canonical form, 16 hexadecimal digits. */
  readonly fingerprint: string;
}

/** The schemas of a record. */
export interface AvroRecordOptions extends AvroSchema {
  /** Schemas of the version before, still read. */
  readonly previous?: readonly AvroSchema[];
}

const MARKER = 0xc301;
/** Marker and fingerprint. */
const PROLOGUE_BYTES = 10;

type Decode = (bytes: Buffer) => unknown;

/**
 * A kind of record in Avro's single-object encoding: `C3 01`, the schema's fingerprint (little-endian), the body.
 *
 * Evolution: a new version only appends fields with defaults. Then a reader takes the version before by its schema,
 * and the next one, whose schema it cannot know, as its own with something behind it.
 */
export class AvroRecord<T> {
  readonly #options: AvroRecordOptions;
  readonly #prologue = Buffer.alloc(PROLOGUE_BYTES);
  #compiled: Compiled | undefined;

  /** The schemas are compiled at the first use: a process has few of all the records there are. */
  constructor(options: AvroRecordOptions) {
    this.#options = options;
    this.#prologue.writeUInt16BE(MARKER, 0);
    littleEndian(options.fingerprint).copy(this.#prologue, 2);
  }

  /** The record's value and headers. */
  encode(value: T): EncodedRecord {
    return {
      value: Buffer.concat([this.#prologue, this.#codec().type.toBuffer(value)]),
      headers: { [HEADER.version]: String(RECORD_VERSION) },
    };
  }

  /** Reads a record of this version or one beside it. */
  decode(record: { readonly value: Uint8Array | null; readonly headers: RecordHeaders }): AvroResult<T> {
    if (record.value === null) return this.#problem('it has no value');
    const version = Number(record.headers[HEADER.version]);
    if (!isReadableVersion(version)) return this.#problem(`version ${version} is too far from ${RECORD_VERSION}`);
    const bytes = Buffer.from(record.value.buffer, record.value.byteOffset, record.value.byteLength);
    if (bytes.length < PROLOGUE_BYTES || bytes.readUInt16BE(0) !== MARKER) {
      return this.#problem('it is not in single-object encoding');
    }
    const fingerprint = Buffer.from(bytes.subarray(2, PROLOGUE_BYTES)).reverse().toString('hex');
    const reader =
      this.#codec().readers.get(fingerprint) ?? (version > RECORD_VERSION ? this.#decodePrefix : undefined);
    if (reader === undefined) return this.#problem(`schema ${fingerprint} is not known`);
    try {
      return { ok: true, value: reader(bytes.subarray(PROLOGUE_BYTES)) as T };
    } catch (error) {
      return this.#problem(error instanceof Error ? error.message : String(error));
    }
  }

  /** A later version: our fields, and whatever it appended left unread. */
  readonly #decodePrefix: Decode = (bytes) => {
    const { value, offset } = this.#codec().type.decode(bytes, 0) as {
      readonly value: unknown;
      readonly offset: number;
    };
    if (offset < 0) throw new Error('truncated buffer');
    return value;
  };

  #codec(): Compiled {
    return (this.#compiled ??= compile(this.#options));
  }

  #problem(cause: string): AvroResult<never> {
    return { ok: false, problem: `cannot read ${this.#codec().name}: ${cause}` };
  }
}

/** The schemas of a record, compiled. */
interface Compiled {
  readonly type: avro.Type;
  readonly name: string;
  /** By the fingerprint of the writer's schema. */
  readonly readers: ReadonlyMap<string, Decode>;
}

function compile({ schema, fingerprint, previous = [] }: AvroRecordOptions): Compiled {
  const type = avro.Type.forSchema(schema as avro.Schema);
  const readers = new Map<string, Decode>([[fingerprint, (bytes) => type.fromBuffer(bytes) as unknown]]);
  for (const { schema: before, fingerprint: writtenBy } of previous) {
    const resolver = type.createResolver(avro.Type.forSchema(before as avro.Schema));
    readers.set(writtenBy, (bytes) => type.fromBuffer(bytes, resolver) as unknown);
  }
  return { type, name: type.branchName?.replace(/^.*\./u, '') ?? 'record', readers };
}

function littleEndian(fingerprint: string): Buffer {
  return Buffer.from(fingerprint, 'hex').reverse();
}
