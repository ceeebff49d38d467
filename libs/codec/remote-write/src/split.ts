import { shardOf } from '@tandem/series';

import { type Failure } from './problem.ts';
import { type Protocol } from './protocol.ts';
import { scan } from './scan.ts';
import { type IdentityLabels, type Summary } from './summary.ts';
import { Invalid } from './wire/invalid.ts';
import { builderFor, type RequestBuilder } from './wire/request-builder.ts';
import { spanIs, textOf } from './wire/text.ts';
import { type Walker, walkOver } from './wire/walker.ts';
import { Writer } from './wire/writer.ts';

const DEFAULT_MAX_GROUPS = 4096;

/** How a request is split. */
export interface SplitOptions extends IdentityLabels {
  /** Series that lack cluster or replica are grouped by their fingerprint modulo this. */
  readonly partitions: number;
  /** Into how many shards the series of a cluster go, a power of two. Default: all of them stay together. */
  readonly shardsOf?: (cluster: string) => number;
  /** More groups than this are refused (`too-many-groups`). Default 4096. */
  readonly maxGroups?: number;
}

/** Whose series a group holds. */
export type GroupKey =
  | {
      readonly kind: 'pair';
      readonly cluster: string;
      readonly replica: string;
      /** Of a cluster of more than one. */
      readonly shard?: number;
    }
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
 * Splits a request into one per cluster, replica and shard, for requests of several, and for series without them. In
 * each group the series keep their order, and nothing is lost: the bodies together hold everything the request held.
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

interface OpenGroup {
  readonly key: GroupKey;
  readonly builder: RequestBuilder;
}

/** The pair of the series before: most requests are of one, and it need not be made out again for each series. */
interface LastPair {
  readonly cluster: Uint8Array;
  readonly replica: Uint8Array;
  /** Its groups by shard, as far as they have been met. */
  readonly groups: (OpenGroup | undefined)[];
  readonly shards: number;
}

class Grouping {
  readonly #walker: Walker;
  readonly #partitions: number;
  readonly #maxGroups: number;
  readonly #shardsOf: (cluster: string) => number;
  readonly #groups = new Map<string, OpenGroup>();
  #last: LastPair | undefined;

  constructor(walker: Walker, options: SplitOptions) {
    this.#walker = walker;
    this.#partitions = options.partitions;
    this.#maxGroups = options.maxGroups ?? DEFAULT_MAX_GROUPS;
    this.#shardsOf = options.shardsOf ?? (() => 1);
  }

  /** Puts the series the walker stands on into its group. */
  add(): void {
    const { series } = this.#walker;
    const pair = this.#pairOfSeries();
    if (pair === undefined) {
      this.#groupOf({ kind: 'series', partition: (series.low >>> 0) % this.#partitions }).builder.add();
      return;
    }
    const shard = shardOf(series, pair.shards);
    const group = (pair.groups[shard] ??= this.#groupOf(keyOf(pair, shard)));
    group.builder.add();
  }

  /** The pair of the series the walker stands on, if it has both labels. */
  #pairOfSeries(): LastPair | undefined {
    const { series, cursor } = this.#walker;
    const { clusterFrom, clusterTo, replicaFrom, replicaTo } = series;
    if (clusterFrom === clusterTo || replicaFrom === replicaTo) return undefined;
    const last = this.#last;
    const { data } = cursor;
    const isLast =
      last !== undefined &&
      spanIs(data, clusterFrom, clusterTo, last.cluster) &&
      spanIs(data, replicaFrom, replicaTo, last.replica);
    if (isLast) return last;
    const shards = this.#shardsOf(textOf(data, clusterFrom, clusterTo));
    const cluster = data.slice(clusterFrom, clusterTo);
    this.#last = { cluster, replica: data.slice(replicaFrom, replicaTo), groups: [], shards };
    return this.#last;
  }

  #groupOf(key: GroupKey): OpenGroup {
    const name = nameOf(key);
    let group = this.#groups.get(name);
    if (group === undefined) {
      if (this.#groups.size === this.#maxGroups) {
        throw new Invalid('too-many-groups', `more than ${this.#maxGroups} clusters and replicas in one request`);
      }
      group = { key, builder: builderFor(this.#walker) };
      this.#groups.set(name, group);
    }
    return group;
  }

  parts(): readonly Part[] {
    const parts: Part[] = Array.from(this.#groups.values(), ({ key, builder }) => ({ key, body: builder.build() }));
    if (this.#walker.metadata.length > 0) parts.push({ key: { kind: 'metadata' }, body: metadataOf(this.#walker) });
    return parts;
  }
}

function keyOf({ cluster, replica, shards }: LastPair, shard: number): GroupKey {
  const names = { cluster: textOf(cluster, 0, cluster.length), replica: textOf(replica, 0, replica.length) };
  const pair = { kind: 'pair', ...names } as const;
  return shards > 1 ? { ...pair, shard } : pair;
}

function nameOf(key: GroupKey): string {
  switch (key.kind) {
    case 'pair':
      return JSON.stringify([key.cluster, key.replica, key.shard]);
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
