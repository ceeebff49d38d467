import { Buffer } from 'node:buffer';

import protobuf from 'protobufjs/minimal.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** What a field holds: a number of 64 bits, or bytes. */
type FieldValue = bigint | Uint8Array;

/** A field of a message as it is on the wire. */
interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly value: FieldValue;
}

/** A file, or a message within it, is not what it should be. */
export class Unreadable extends Error {}

/** A protobuf message: fields by number, those that are asked for as another kind are passed over, as Go does. */
export class Message {
  readonly #fields: readonly Field[];

  /** @throws {Unreadable} where it is no message */
  constructor(bytes: Uint8Array) {
    this.#fields = [...readFields(bytes)];
  }

  /** A number without a sign; 0 where there is none. */
  uint(number: number): bigint {
    return this.#last(number, VARINT) ?? 0n;
  }

  /** A number with a sign; `undefined` where there is none. */
  int(number: number): bigint | undefined {
    const value = this.#last(number, VARINT);
    return value === undefined ? undefined : BigInt.asIntN(64, value);
  }

  /** `undefined` where there is none. */
  double(number: number): number | undefined {
    const value = this.#last(number, FIXED64);
    if (value === undefined) return undefined;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return bytes.readDoubleLE();
  }

  /** "" where there is none. @throws {Unreadable} where it is not UTF-8 */
  text(number: number): string {
    return this.optionalText(number) ?? '';
  }

  /** @throws {Unreadable} where it is not UTF-8 */
  optionalText(number: number): string | undefined {
    const bytes = this.#allBytes(number).at(-1);
    if (bytes === undefined) return undefined;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Unreadable(`field ${number} is not UTF-8`);
    }
  }

  /** The last one; `undefined` where there is none. @throws {Unreadable} where it is none */
  message(number: number): Message | undefined {
    return this.messages(number).at(-1);
  }

  /** @throws {Unreadable} where one is none */
  messages(number: number): readonly Message[] {
    return this.#allBytes(number).map((bytes) => new Message(bytes));
  }

  /** Numbers of a list, packed or one by one. @throws {Unreadable} where it is no list */
  uints(number: number): readonly bigint[] {
    return this.#fields.flatMap((field) => {
      if (field.number !== number) return [];
      return field.value instanceof Uint8Array ? unpack(field.value) : [field.value];
    });
  }

  #last(number: number, wireType: number): bigint | undefined {
    const field = this.#fields.findLast((one) => one.number === number && one.wireType === wireType);
    return typeof field?.value === 'bigint' ? field.value : undefined;
  }

  #allBytes(number: number): readonly Uint8Array[] {
    return this.#fields.flatMap((field) =>
      field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
    );
  }
}

function* readFields(bytes: Uint8Array): Generator<Field> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = within(() => reader.uint32());
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (number === 0) throw new Unreadable('it has a field 0');
    yield { number, wireType, value: within(() => readValue(reader, wireType)) };
  }
}

function readValue(reader: protobuf.Reader, wireType: number): FieldValue {
  switch (wireType) {
    case VARINT:
      return bigintOf(reader.uint64());
    case FIXED64:
      return bigintOf(reader.fixed64());
    case BYTES:
      return reader.bytes();
    case FIXED32:
      return BigInt(reader.fixed32());
    default:
      throw new Unreadable(`it has a field of wire type ${wireType}`);
  }
}

function unpack(bytes: Uint8Array): readonly bigint[] {
  const reader = protobuf.Reader.create(bytes);
  const values: bigint[] = [];
  while (reader.pos < reader.len) values.push(within(() => bigintOf(reader.uint64())));
  return values;
}

/** @throws {Unreadable} where bytes are missing, or a number is too long */
function within<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable('it ends too early');
  }
}

function bigintOf({ low, high }: { readonly low: number; readonly high: number }): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
