import { LeaseStoreError, type Lease, type LeaseClaim, type LeaseOutcome, type LeaseStore } from '@tandem/election';

/** A lease store that does as it is told: it grants everything, is away, or answers what a test says. */
export class ScriptedLeases implements LeaseStore {
  /** `verb cluster epoch`, in the order asked. */
  readonly asked: string[] = [];
  readonly leases = new Map<string, Lease>();
  /** Whether the store cannot be reached. */
  away = false;
  /** Answers in place of granting; `undefined` grants. */
  answer: (verb: string, claim: LeaseClaim) => LeaseOutcome | undefined = () => undefined;

  acquire(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#ask('acquire', claim, ttlMs);
  }

  renew(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#ask('renew', claim, ttlMs);
  }

  handOver(claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    return this.#ask('handOver', claim, ttlMs);
  }

  purge(): Promise<number> {
    return Promise.resolve(0);
  }

  list(): Promise<readonly Lease[]> {
    return Promise.resolve([...this.leases.values()]);
  }

  watch(): Promise<void> {
    return Promise.resolve();
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #ask(verb: string, claim: LeaseClaim, ttlMs: number): Promise<LeaseOutcome> {
    await Promise.resolve();
    this.asked.push(`${verb} ${claim.cluster} ${claim.epoch}`);
    if (this.away) throw new LeaseStoreError('cannot reach the lease store');
    const answer = this.answer(verb, claim);
    if (answer !== undefined) return answer;
    const lease = { ...claim, expiresAtMs: claim.receivedAtMs + ttlMs };
    this.leases.set(claim.cluster, lease);
    return { outcome: 'granted', lease };
  }
}
