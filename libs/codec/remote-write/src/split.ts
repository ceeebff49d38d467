import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { scan } from './scan.ts';
import { type IdentityLabels, type Summary } from './summary.ts';
import { Invalid } from './wire/invalid.ts';
import { builderFor, type RequestBuilder } from './wire/request-builder.ts';
import { textOf } from './wire/text.ts';
import { type Walker, walkOver } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

const DEFAULT_MAX_GROUPS = 4096;

/** How a request is split. */
export interface SplitOptions extends IdentityLabels {
  /** Series that lack cluster or replica are grouped by their fingerprint modulo this. */
  readonly partitions: number;
  /** More groups than this are refused (`too-many-groups`). Default 4096. */
  readonly maxGroups?: number;
}

/** Whose series a group holds. */
export type GroupKey =
  | { readonly kind: 'pair'; readonly cluster: string; readonly replica: string }
  /** Series that lack the cluster or the replica, or both. */
  | { readonly kind: 'series'; readonly partition: number }
  /** The metadata records of a 1.0 request, which belong to no series. */
  | { readonly kind: 'metadata' };

/** A part of a request, itself a request. */
export interface Group {
  readonly key: GroupKey;
  /** Uncompressed; belongs to the caller. */
  readonly body: Uint8Array;
  readonly summary: Summary;
}

/** What {@link split} says; groups come in the order of their first series, metadata last. */
export type SplitResult = { readonly ok: true; readonly groups: readonly Group[] } | Failure;

/**
 * Splits a request into one per cluster and replica, for requests of several, and for series without them. In each
 * group the series keep their order, and nothing is lost: the bodies together hold everything the request held.
 */
export function split(protocol: Protocol, data: Uint8Array, options: SplitOptions): SplitResult {
  const grouped = walkOver(protocol, data, { ...options, fingerprints: true, checkUtf8: true }, (walker): Parts => {
    const grouping = new Grouping(walker, options);
    while (walker.next()) grouping.add();
    return { ok: true, parts: grouping.parts() };
  });
  if (!grouped.ok) return grouped;
  const groups: Group[] = [];
  for (const { key, body } of grouped.parts) {
    const scanned = scan(protocol, body, options);
    if (!scanned.ok) return scanned;
    groups.push({ key, body, summary: scanned.summary });
  }
  return { ok: true, groups };
}

interface Parts {
  readonly ok: true;
  readonly parts: readonly Part[];
}

interface Part {
  readonly key: GroupKey;
  readonly body: Uint8Array;
}

class Grouping {
  readonly #walker: Walker;
  readonly #partitions: number;
  readonly #maxGroups: number;
  readonly #groups = new Map<string, { readonly key: GroupKey; readonly builder: RequestBuilder }>();

  constructor(walker: Walker, options: SplitOptions) {
    this.#walker = walker;
    this.#partitions = options.partitions;
    this.#maxGroups = options.maxGroups ?? DEFAULT_MAX_GROUPS;
  }

  /** Puts the series the walker stands on into its group. */
  add(): void {
    const key = this.#keyOfSeries();
    const name = nameOf(key);
    let group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size === this.#maxGroups) {
        throw new Invalid('too-many-groups', `more than ${this.#maxGroups} clusters and replicas in one request`);
      }
      group = { key, builder: builderFor(this.#walker) };
      this.#groups.set(name, group);
    }
    group.builder.add();
  }

  parts(): readonly Part[] {
    const parts: Part[] = Array.from(this.#groups.values(), ({ key, builder }) => ({ key, body: builder.build() }));
    if (this.#walker.metadata.length > 0) parts.push({ key: { kind: 'metadata' }, body: metadataOf(this.#walker) });
    return parts;
  }

  #keyOfSeries(): GroupKey {
    const { series, cursor } = this.#walker;
    const cluster = textOf(cursor.data, series.clusterFrom, series.clusterTo);
    const replica = textOf(cursor.data, series.replicaFrom, series.replicaTo);
    if (cluster !== '' && replica !== '') return { kind: 'pair', cluster, replica };
    return { kind: 'series', partition: (series.low >>> 0) % this.#partitions };
  }
}

function nameOf(key: GroupKey): string {
  switch (key.kind) {
    case 'pair':
      return JSON.stringify([key.cluster, key.replica]);
    case 'series':
      return key.partition.toString();
    case 'metadata':
      return key.kind;
  }
}

function metadataOf(walker: Walker): Uint8Array {
  const out = new Writer();
  const { metadata, cursor } = walker;
  for (let i = 0; i < metadata.length; i += 2) out.span(cursor.data, metadata.at(i), metadata.at(i + 1));
  return out.take();
}
