import { Message, Unreadable } from './message.ts';

/** What a snapshot file holds, or where and why it cannot be read. */
export type SnapshotOutcome<T> =
  { readonly ok: true; readonly records: readonly T[] } | { readonly ok: false; readonly problem: string };

/**
 * Reads a file of messages that each have their length before them. One that cannot be read makes the file unreadable: what
 * is behind it cannot be found.
 */
export function readSnapshot<T>(bytes: Uint8Array, read: (message: Message) => T): SnapshotOutcome<T> {
  const records: T[] = [];
  let at = 0;
  try {
    while (at < bytes.length) {
      const { from, to } = boundsAt(bytes, at);
      records.push(read(new Message(bytes.subarray(from, to))));
      at = to;
    }
    return { ok: true, records };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ok: false, problem: `record ${records.length + 1}, at byte ${at}: ${error.message}` };
  }
}

/** Lengths of more bytes than this are none. */
const MAX_LENGTH_BYTES = 5;

function boundsAt(bytes: Uint8Array, at: number): { readonly from: number; readonly to: number } {
  let length = 0;
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 128 ** index;
    if (byte >= 0x80) continue;
    const from = at + index + 1;
    if (from + length > bytes.length) throw new Unreadable('it ends too early');
    return { from, to: from + length };
  }
  throw new Unreadable('its length cannot be read');
}

/** Years beyond which JavaScript has no time, ms either side of 1970. */
const MAX_TIME_MS = 8.64e15;
const NANOSECONDS_PER_MS = 1e6;

/** A `Timestamp` in Unix ms; of one that is not there, 0. @throws {Unreadable} where it is out of range */
export function timeOf(message: Message | undefined): number {
  if (message === undefined) return 0;
  const seconds = Number(message.int(1) ?? 0n);
  const nanoseconds = Number(message.int(2) ?? 0n);
  const ms = seconds * 1000 + Math.floor(nanoseconds / NANOSECONDS_PER_MS);
  if (Math.abs(ms) > MAX_TIME_MS || Math.abs(nanoseconds) >= 1e9) throw new Unreadable('it has a time out of range');
  return ms;
}

/** A map of texts, or of messages: later ones go before earlier ones. @throws {Unreadable} where a name is not UTF-8 */
export function mapOf<T>(entries: readonly Message[], read: (entry: Message) => T): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.text(1), read(entry)]));
}
