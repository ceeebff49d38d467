import { randomUUID } from 'node:crypto';
import { type Logger } from '@tandem/telemetry';
import { changeMembers, groupNames, readGroup } from './group-table.ts';
import { hasEnded, type ProcessIdentity, thisProcess } from '@tandem/lifecycle';
import { type Store } from './store.ts';
import { messageOf } from './tables.ts';
import { type WriteTransaction } from './write-transaction.ts';

interface SessionRow {
  readonly beat: number;
  readonly process: ProcessIdentity;
}

/** How heartbeats are kept. */
export interface SessionOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly heartbeatMs: number;
  /** A client whose heartbeat stands still for this long is out of its groups. */
  readonly sessionTimeoutMs: number;
}

/**
 * A client's sign of life in the data directory, and its eye on the others': one whose heartbeat stands still, or whose
 * process has ended, is put out of its groups. Looks are counted, not clocks compared, so neither a clock that jumps
 * nor a pause of the one who looks puts anybody out.
 */
export class Session {
  readonly id = randomUUID();
  readonly #options: SessionOptions;
  readonly #process = thisProcess();
  readonly #looks = new Map<string, { beat: number; unchanged: number }>();
  #timer: NodeJS.Timeout | undefined;
  #beat = 0;
  #ended = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Writes the first heartbeat, puts out who is known to be gone, and goes on with both. */
  async start(): Promise<void> {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => undefined, 0);
    await this.#tick();
    if (!this.#ended) this.#plan();
  }

  /** Takes the sign of life away. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#beat === 0) return;
    await this.#options.store.queue.run({
      bytes: 0,
      run: ({ tables }) => tables.sessions.removeSync(this.#key(this.id)),
    });
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      void this.#tick()
        .catch((error: unknown) => {
          this.#options.logger.warn({ error: messageOf(error) }, 'cannot write the heartbeat, trying again');
        })
        .then(() => {
          if (!this.#ended) this.#plan();
        });
    }, this.#options.heartbeatMs);
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    const gone = this.#look();
    this.#beat += 1;
    const row: SessionRow = { beat: this.#beat, process: this.#process };
    await this.#options.store.queue.run({
      bytes: 0,
      run: (transaction) => {
        if (this.#ended) return;
        transaction.tables.sessions.putSync(this.#key(this.id), Buffer.from(JSON.stringify(row)));
        for (const [session, beat] of gone) this.#putOut(transaction, session, beat);
      },
    });
    for (const session of gone.keys()) {
      this.#options.logger.info({ session }, 'put a client that is gone out of its groups');
    }
  }

  /** Sessions to put out, with the heartbeat they were seen with. */
  #look(): Map<string, number> {
    const { store, heartbeatMs, sessionTimeoutMs } = this.#options;
    const patience = Math.ceil(sessionTimeoutMs / heartbeatMs);
    const gone = new Map<string, number>();
    store.tables.root.resetReadTxn();
    for (const { key, value } of store.tables.sessions.getRange()) {
      const id = key.toString();
      if (id === this.id) continue;
      const row = parse(value);
      const before = this.#looks.get(id);
      const unchanged = before?.beat === row.beat ? before.unchanged + 1 : 0;
      this.#looks.set(id, { beat: row.beat, unchanged });
      if (unchanged >= patience || hasEnded(row.process)) gone.set(id, row.beat);
    }
    for (const id of gone.keys()) this.#looks.delete(id);
    return gone;
  }

  #putOut(transaction: WriteTransaction, session: string, beat: number): void {
    const { sessions } = transaction.tables;
    const stored = sessions.get(this.#key(session));
    if (stored === undefined || parse(stored).beat !== beat) return;
    sessions.removeSync(this.#key(session));
    for (const group of groupNames(transaction.tables)) {
      const { members } = readGroup(transaction.tables, group);
      if (!Object.values(members).some((member) => member.session === session)) continue;
      changeMembers(transaction, group, this.#options.store.topics, (all) => {
        for (const [id, member] of Object.entries(all)) {
          if (member.session === session) Reflect.deleteProperty(all, id);
        }
      });
    }
  }

  #key(session: string): Buffer {
    return Buffer.from(session);
  }
}

/** The one writer of these rows is `#tick`, in the same format version. */
function parse(stored: Buffer): SessionRow {
  return JSON.parse(stored.toString()) as SessionRow;
}
