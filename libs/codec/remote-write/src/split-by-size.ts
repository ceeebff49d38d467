import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { Invalid } from './wire/invalid.ts';
import { builderFor } from './wire/request-builder.ts';
import { type Walker, walkOver } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

/** What {@link splitBySize} says: bodies that belong to the caller, uncompressed, in the order of the series. */
export type SplitBySizeResult = { readonly ok: true; readonly bodies: readonly Uint8Array[] } | Failure;

/**
 * Splits a request by series (and metadata records) into requests of at most `maxBytes` uncompressed bytes, by halving
 * what is too large. `too-large` when one series alone is. A request that fits is given back as it is.
 */
export function splitBySize(protocol: Protocol, data: Uint8Array, maxBytes: number): SplitBySizeResult {
  const bodies: Uint8Array[] = [];
  const pending = [data];
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    if (body.length === 0) continue;
    if (body.length <= maxBytes) bodies.push(body);
    else {
      const halved = halve(protocol, body, maxBytes);
      if (!halved.ok) return halved;
      pending.push(halved.second, halved.first);
    }
  }
  return { ok: true, bodies };
}

interface Halves {
  readonly ok: true;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

const NO_LABELS = { clusterLabel: null, replicaLabel: null };

function halve(protocol: Protocol, body: Uint8Array, maxBytes: number): Halves | Failure {
  const counted = walkOver(protocol, body, NO_LABELS, (records) => {
    let count = 0;
    while (records.next()) count++;
    return count > 0 ? ({ ok: true, count } as const) : halveMetadata(records, maxBytes);
  });
  if (!counted.ok || 'first' in counted) return counted;
  return walkOver(protocol, body, NO_LABELS, (records) => halveSeries(records, counted.count, maxBytes));
}

/** Series first half and series second half; metadata records go with the second. */
function halveSeries(records: Walker, count: number, maxBytes: number): Halves {
  const first = builderFor(records);
  const second = builderFor(records);
  const middle = Math.ceil(count / 2);
  for (let i = 0; records.next(); i++) (i < middle ? first : second).add();
  if (count === 1 && records.metadata.length === 0) throw tooLarge('a series', maxBytes);
  return {
    ok: true,
    first: first.build(),
    second: concat(second.build(), metadata(records, 0, records.metadata.length)),
  };
}

function halveMetadata(records: Walker, maxBytes: number): Halves {
  const { length } = records.metadata;
  // Nothing but symbols not in use, or fields nobody knows.
  if (length === 0) return { ok: true, first: new Uint8Array(0), second: new Uint8Array(0) };
  if (length === 2) throw tooLarge('a metadata record', maxBytes);
  const middle = Math.ceil(length / 4) * 2;
  return { ok: true, first: metadata(records, 0, middle), second: metadata(records, middle, length) };
}

function metadata(records: Walker, from: number, to: number): Uint8Array {
  const out = new Writer();
  const spans = records.metadata;
  for (let i = from; i < to; i += 2) out.span(records.cursor.data, spans.at(i), spans.at(i + 1));
  return out.take();
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (b.length === 0) return a;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function tooLarge(what: string, maxBytes: number): Invalid {
  return new Invalid('too-large', `${what} alone is larger than ${maxBytes} bytes`);
}
