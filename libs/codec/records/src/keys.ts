const encoder = new TextEncoder();

/** What would make two keys meet or a key hard to read: the separator, the escape, control characters, lone surrogates. */
const ODD = /[%/\u0000-\u001f\u007f]|\p{Surrogate}/gu;

function escapeSegment(segment: string): string {
  return segment.replace(ODD, (odd) => {
    const code = odd.charCodeAt(0);
    return code > 0xff
      ? `%u${code.toString(16).toUpperCase()}`
      : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/**
 * `tenant/cluster`, each escaped, so that no two pairs of names have the same text: the name of a cluster in leases,
 * elections and status. The key of its records is this text in UTF-8.
 */
export function clusterId(tenant: string, cluster: string): string {
  return `${escapeSegment(tenant)}/${escapeSegment(cluster)}`;
}

/** Key of a cluster's records in `samples`, `deduped`, `elections` and `clusters`: `tenant/cluster`. */
export function clusterKey(tenant: string, cluster: string): Uint8Array {
  return encoder.encode(clusterId(tenant, cluster));
}

/** `tenant/cluster/shard`: the name of one shard of a spread cluster. The key of its records is this text in UTF-8. */
export function shardId(tenant: string, cluster: string, shard: number): string {
  return `${clusterId(tenant, cluster)}/${shard}`;
}

/** Key of one shard of a cluster spread over partitions, in `samples`, `deduped` and `clusters`. */
export function shardKey(tenant: string, cluster: string, shard: number): Uint8Array {
  return encoder.encode(shardId(tenant, cluster, shard));
}

/**
 * Key of series that belong to no pair, bound for a partition by their hash: `tenant//partition`. The empty middle
 * is what no cluster's key has, a cluster named `3` included.
 */
export function unpairedKey(tenant: string, partition: number): Uint8Array {
  return encoder.encode(`${escapeSegment(tenant)}//${partition}`);
}

/**
 * `tenant//sender/cluster/replica`, one of the two empty: the name of a sender whose series are of no pair because it lacks
 * that label. The key of its records in `clusters` is this text in UTF-8.
 */
export function senderId(tenant: string, cluster: string | null, replica: string | null): string {
  return `${escapeSegment(tenant)}//sender/${escapeSegment(cluster ?? '')}/${escapeSegment(replica ?? '')}`;
}

/** Key of a sender whose series are of no pair, in `clusters`. */
export function senderKey(tenant: string, cluster: string | null, replica: string | null): Uint8Array {
  return encoder.encode(senderId(tenant, cluster, replica));
}

/** Key of metadata alone, and of what is said of senders of no pair in `samples`: `tenant`. */
export function tenantKey(tenant: string): Uint8Array {
  return encoder.encode(escapeSegment(tenant));
}

/** What settings decide over: records of samples, or the heartbeats of spread clusters. */
export type SettingsScope = 'samples' | 'heartbeats';

/**
 * Key of the settings of a partition of `samples`, there and in `commands` and `clusters`; or of a partition of
 * `heartbeats`, likewise. No tenant's, because none is empty.
 */
export function settingsKey(of: SettingsScope = 'samples'): Uint8Array {
  return encoder.encode(of === 'samples' ? '//settings' : '//settings/heartbeats');
}

/** Whose settings a record is about, by its key. */
export function settingsScope(key: Uint8Array | null): SettingsScope {
  return isSame(key, settingsKey('heartbeats')) ? 'heartbeats' : 'samples';
}

/** Key of what is left in `clusters` of those that a partition of `samples`, or of `heartbeats`, has forgotten. */
export function forgottenKey(of: SettingsScope): Uint8Array {
  return encoder.encode(of === 'samples' ? '//forgotten' : '//forgotten/heartbeats');
}

/** Which topic forgotten clusters were elected from, by the key of their record. */
export function forgottenScope(key: Uint8Array | null): SettingsScope {
  return isSame(key, forgottenKey('heartbeats')) ? 'heartbeats' : 'samples';
}

function isSame(key: Uint8Array | null, other: Uint8Array): boolean {
  return key?.length === other.length && key.every((byte, at) => byte === other[at]);
}

/**
 * `alerts cluster/what`: key of the records of an alerts cluster. What identifies a record within it is written as it is: the
 * name of the cluster alone is escaped, and ends at the first `/`.
 */
export function alertsKey(cluster: string, what: string): Uint8Array {
  return encoder.encode(`${escapeSegment(cluster)}/${what}`);
}
