import { type Lease, type LeaseClaim, type LeaseOutcome, type LeaseRefusal } from './lease.ts';

/** The calls that change a lease. */
export type LeaseOperation = 'acquire' | 'renew' | 'handOver';

/** One call, with what the store holds and its clock says. */
export interface LeaseRequest {
  readonly operation: LeaseOperation;
  readonly claim: LeaseClaim;
  readonly ttlMs: number;
  /** What the store holds for the cluster of the claim. */
  readonly stored: Lease | undefined;
  /** Unix ms, the store's clock. */
  readonly nowMs: number;
}

/**
 * What comes of a call: the table of LEASE.md. A granted lease is what the store holds from now on; a refusal changes
 * nothing. Every store decides by this, or as this does.
 */
export function decideLease(request: LeaseRequest): LeaseOutcome {
  const { claim, stored, ttlMs, nowMs } = request;
  const reason = request.operation === 'acquire' ? refuseAcquire(claim, stored) : refuseChange(request);
  if (reason !== undefined) {
    return stored === undefined ? { outcome: 'refused', reason } : { outcome: 'refused', reason, current: stored };
  }
  const { cluster, replica, epoch, owner, electedAtMs } = claim;
  const known = stored !== undefined && isSameElection(claim, stored) ? stored.receivedAtMs : claim.receivedAtMs;
  const receivedAtMs = Math.max(known, claim.receivedAtMs);
  const lease = { cluster, replica, epoch, owner, electedAtMs, receivedAtMs, expiresAtMs: nowMs + ttlMs };
  return { outcome: 'granted', lease };
}

type Refusal = LeaseRefusal['reason'] | undefined;

function refuseAcquire(claim: LeaseClaim, stored: Lease | undefined): Refusal {
  const granted = stored === undefined || claim.epoch > stored.epoch || isSameElection(claim, stored);
  return granted ? undefined : 'stale-epoch';
}

function refuseChange({ operation, claim, stored, nowMs }: LeaseRequest): Refusal {
  if (stored === undefined) return 'missing';
  const next = operation === 'handOver' && claim.epoch - 1 === stored.epoch;
  // A hand-over that is stored already is one whose answer was lost.
  if (!next && !isSameElection(claim, stored)) return 'stale-epoch';
  if (claim.owner !== stored.owner) return 'not-owner';
  return stored.expiresAtMs <= nowMs ? 'expired' : undefined;
}

function isSameElection(claim: LeaseClaim, stored: Lease): boolean {
  return claim.epoch === stored.epoch && claim.replica === stored.replica;
}

/**
 * Refuses what is no lease request, before a store is asked.
 *
 * @throws {RangeError} that says which part
 */
export function checkLeaseRequest(claim: LeaseClaim, ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0) throw new RangeError(`cannot grant a lease for ${ttlMs} ms`);
  for (const part of ['cluster', 'replica', 'owner'] as const) {
    if (claim[part] === '') throw new RangeError(`cannot ask for a lease: its ${part} is empty`);
  }
  for (const part of ['epoch', 'electedAtMs', 'receivedAtMs'] as const) {
    const value = claim[part];
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new RangeError(`cannot ask for a lease of "${claim.cluster}": its ${part} is ${value}`);
  }
}

/** Whether a lease expired so long ago, or earlier, on the clock of its store. */
export function isExpiredFor({ expiresAtMs }: Lease, expiredForMs: number, nowMs: number): boolean {
  return expiresAtMs + expiredForMs <= nowMs;
}

/**
 * Refuses what is no time, before a store is asked.
 *
 * @throws {RangeError}
 */
export function checkPurgeRequest(expiredForMs: number): void {
  if (Number.isSafeInteger(expiredForMs) && expiredForMs >= 0) return;
  throw new RangeError(`cannot remove leases that expired ${expiredForMs} ms ago`);
}

/**
 * Reads a lease a store has kept as JSON; `undefined` for what is none. A store treats that as holding nothing: the
 * owner fills it again.
 */
export function parseLease(text: string): Lease | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (!['cluster', 'replica', 'owner'].every((name) => typeof fields.get(name) === 'string')) return undefined;
  const times = ['epoch', 'electedAtMs', 'receivedAtMs', 'expiresAtMs'];
  if (!times.every((name) => Number.isSafeInteger(fields.get(name)))) return undefined;
  const { cluster, replica, epoch, owner, electedAtMs, receivedAtMs, expiresAtMs } = value as Lease;
  return { cluster, replica, epoch, owner, electedAtMs, receivedAtMs, expiresAtMs };
}
