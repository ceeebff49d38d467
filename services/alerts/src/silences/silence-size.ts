import { Buffer } from 'node:buffer';

import { type Silence } from '@tandem/alerting';

/** The largest value of one byte of a varint. */
const VARINT_STEP = 0x80;
const MS = 1000;
const NANOS = 1_000_000;

/**
 * How large a silence is as Alertmanager keeps it (protobuf `MeshSilence`), bytes: `--silences.max-silence-size-bytes` is of
 * that. The first set of matchers is there twice, as it was before there were several.
 *
 * @param expiresAtMs when it is to be forgotten, Unix ms
 */
export function silenceSizeBytes(silence: Silence, expiresAtMs: number): number {
  const { id, matcherSets, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment, annotations } = silence;
  const sets = matcherSets.map((set) => sum(set.map(({ type, name, value }) => field(matcherSize(type, name, value)))));
  const size =
    text(id) +
    (sets[0] ?? 0) +
    sum([startsAtMs, endsAtMs, updatedAtMs].map((timeMs) => field(timeSize(timeMs)))) +
    text(createdBy) +
    text(comment) +
    sum(sets.map(field)) +
    sum([...annotations].map(([name, value]) => field(text(name) + text(value))));
  return field(size) + field(timeSize(expiresAtMs));
}

/** An operator that is not `=` (which is 0, and left out) takes two bytes. */
function matcherSize(type: string, name: string, value: string): number {
  return (type === '=' ? 0 : 2) + text(name) + text(value);
}

function timeSize(timeMs: number): number {
  const seconds = Math.floor(timeMs / MS);
  const nanos = (timeMs - seconds * MS) * NANOS;
  return (seconds === 0 ? 0 : 1 + varint(seconds)) + (nanos === 0 ? 0 : 1 + varint(nanos));
}

function text(value: string): number {
  return value === '' ? 0 : field(Buffer.byteLength(value));
}

/** A field of some length: its number, its length, itself. */
function field(bytes: number): number {
  return 1 + varint(bytes) + bytes;
}

function varint(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= VARINT_STEP; rest = Math.floor(rest / VARINT_STEP)) bytes += 1;
  return bytes;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
