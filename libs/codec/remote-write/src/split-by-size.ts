import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { guard, Invalid } from './wire/invalid.ts';
import { builderFor } from './wire/request-builder.ts';
import { walk, type Walker } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

/** What {@link splitBySize} says: bodies that belong to the caller, uncompressed, in the order of the series. */
export type SplitBySizeResult = { readonly ok: true; readonly bodies: readonly Uint8Array[] } | Failure;

/**
 * Splits a request by series (and metadata records) into requests of at most `maxBytes` uncompressed bytes, by halving
 * what is too large. `too-large` when one series alone is. A request that fits is given back as it is.
 */
export function splitBySize(protocol: Protocol, data: Uint8Array, maxBytes: number): SplitBySizeResult {
  return guard(() => {
    const bodies: Uint8Array[] = [];
    const pending = [data];
    for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
      if (body.length === 0) continue;
      if (body.length <= maxBytes) bodies.push(body);
      else {
        const [first, second] = halve(protocol, body, maxBytes);
        pending.push(second, first);
      }
    }
    return { ok: true, bodies };
  });
}

type Halves = readonly [Uint8Array, Uint8Array];

function halve(protocol: Protocol, body: Uint8Array, maxBytes: number): Halves {
  const count = countSeries(walker(protocol, body));
  const records = walker(protocol, body);
  if (count > 0) return halveSeries(records, count, maxBytes);
  countSeries(records);
  return halveMetadata(records, maxBytes);
}

function walker(protocol: Protocol, body: Uint8Array): Walker {
  return walk(protocol, body, { clusterLabel: null, replicaLabel: null });
}

function countSeries(records: Walker): number {
  let count = 0;
  while (records.next()) count++;
  return count;
}

/** Series first half and series second half; metadata records go with the second. */
function halveSeries(records: Walker, count: number, maxBytes: number): Halves {
  const first = builderFor(records);
  const second = builderFor(records);
  const middle = Math.ceil(count / 2);
  for (let i = 0; records.next(); i++) (i < middle ? first : second).add();
  if (count === 1 && records.metadata.length === 0) throw tooLarge('a series', maxBytes);
  return [first.build(), concat(second.build(), metadata(records, 0, records.metadata.length))];
}

function halveMetadata(records: Walker, maxBytes: number): Halves {
  const { length } = records.metadata;
  // Nothing but symbols not in use, or fields nobody knows.
  if (length === 0) return [new Uint8Array(0), new Uint8Array(0)];
  if (length === 2) throw tooLarge('a metadata record', maxBytes);
  const middle = Math.ceil(length / 4) * 2;
  return [metadata(records, 0, middle), metadata(records, middle, length)];
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
