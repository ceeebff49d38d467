import { type Database, open, type RootDatabase } from 'lmdb';
import { LogError } from '@tandem/stream';
import { Slab } from './slab.ts';

/** Version of the layout below; a directory with a newer one is refused, an older one would be converted here. */
const FORMAT = 1;
const FORMAT_KEY = Buffer.from('format');
/** Address space, not disk: LMDB maps the file and would otherwise have to remap it while it grows. */
const MAP_BYTES = 2 ** 40;
const MAX_READERS = 512;

/** A table: bytes to bytes, ordered by key. */
export type Table = Database<Buffer, Buffer>;

/** The tables of a data directory, in one LMDB environment. */
export interface Tables {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** `format`, `next-id`, `bytes` → what they say. */
  readonly meta: Table;
  /** Topic name → JSON of its layout. */
  readonly topics: Table;
  /** Partition id → its state. */
  readonly partitions: Table;
  /** Partition id, offset → record. */
  readonly records: Table;
  /** Partition id, key → offset of the key's newest record; compacted topics only. */
  readonly keys: Table;
  /** Time, partition id, offset of every tombstone. */
  readonly tombstones: Table;
  /** Group name → version, JSON of members and assignment. */
  readonly groups: Table;
  /** Group, topic, partition → fencing number, committed offset, owner. */
  readonly claims: Table;
  /** Client → its heartbeat and its process. */
  readonly sessions: Table;
}

/**
 * Opens (or makes) the tables of a directory. Commits are synchronous: what is visible, here or to another process, is
 * on the disk already.
 *
 * @throws {LogError} `misconfigured` for a directory of a newer version, `unavailable` when it cannot be opened
 */
export function openTables(path: string): Tables {
  try {
    const root = open<Buffer, Buffer>({
      path,
      encoding: 'binary',
      keyEncoding: 'binary',
      noSubdir: false,
      mapSize: MAP_BYTES,
      maxDbs: 16,
      maxReaders: MAX_READERS,
      // Without overlapping, a commit returns after fdatasync of its pages and a synchronous write of the meta page.
      overlappingSync: false,
      // We batch ourselves; lmdb-js's own batch leaves an unhandled rejection behind when a commit fails.
      eventTurnBatching: false,
    });
    const tables = tablesOf(root);
    checkFormat(tables);
    return tables;
  } catch (error) {
    if (error instanceof LogError) throw error;
    throw new LogError('unavailable', `cannot open the log in "${path}": ${messageOf(error)}`, { cause: error });
  }
}

function tablesOf(root: RootDatabase<Buffer, Buffer>): Tables {
  const table = (name: string): Table =>
    root.openDB<Buffer, Buffer>({ name, encoding: 'binary', keyEncoding: 'binary' });
  return {
    root,
    meta: table('meta'),
    topics: table('topics'),
    partitions: table('partitions'),
    records: recordsTable(root),
    keys: table('keys'),
    tombstones: table('tombstones'),
    groups: table('groups'),
    claims: table('claims'),
    sessions: table('sessions'),
  };
}

/**
 * The table with the bodies. What LMDB reads it puts into one buffer again and again, where it is copied from by whoever
 * decodes; as plain bytes each value would get a buffer of its own, twice where it is large.
 */
function recordsTable(root: RootDatabase<Buffer, Buffer>): Table {
  const slab = new Slab();
  const encoder = { encode: (value: Buffer) => value, decode: (read: Buffer) => slab.copy(read, read.length) };
  // The types of lmdb leave `encoder` out; its documentation has it. With it there must be no other encoding.
  const options = { name: 'records', keyEncoding: 'binary' as const, encoding: undefined, encoder };
  return root.openDB<Buffer, Buffer>(options as typeof options & { readonly encoding: never });
}

function checkFormat({ root, meta }: Tables): void {
  const found = root.transactionSync(() => {
    const stored = meta.get(FORMAT_KEY);
    if (stored !== undefined) return stored.readUInt32BE(0);
    const own = Buffer.alloc(4);
    own.writeUInt32BE(FORMAT);
    meta.putSync(FORMAT_KEY, own);
    return FORMAT;
  });
  if (found > FORMAT) {
    void root.close();
    const message = `cannot open the log: its directory has format ${found}, this version knows up to ${FORMAT}; upgrade`;
    throw new LogError('misconfigured', message);
  }
}

/** What an unknown thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
