import { type Lease, type LeaseClaim, type LeaseOperation, type LeaseOutcome, parseLease } from '@tandem/election';

/**
 * The compare-and-set, as `decideLease` of @tandem/election has it, on the server's clock.
 *
 * KEYS: the hash of leases. ARGV: operation, channel, cluster, ttl in ms, receivedAtMs, and the claim as JSON without its
 * closing brace (numbers are added to it here: cjson would write them with 14 digits).
 */
export const CHANGE_LEASE = `
local operation, channel, cluster = ARGV[1], ARGV[2], ARGV[3]
local ttl, received = tonumber(ARGV[4]), tonumber(ARGV[5])
local claim = cjson.decode(ARGV[6] .. '}')
local time = redis.call('TIME')
local now_us = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(now_us / 1000)

local text = redis.call('HGET', KEYS[1], cluster)
local stored
if text then
  local ok, value = pcall(cjson.decode, text)
  if ok and type(value) == 'table' and type(value.epoch) == 'number' and type(value.replica) == 'string'
    and type(value.owner) == 'string' and type(value.expiresAtMs) == 'number'
    and type(value.receivedAtMs) == 'number' and type(value.changedAtUs) == 'number' then
    stored = value
  end
end

local same = stored and stored.epoch == claim.epoch and stored.replica == claim.replica
local function refusal()
  if operation == 'acquire' then
    if not stored or same or claim.epoch > stored.epoch then return nil end
    return 'stale-epoch'
  end
  if not stored then return 'missing' end
  local following = operation == 'handOver' and claim.epoch - 1 == stored.epoch
  if not same and not following then return 'stale-epoch' end
  if claim.owner ~= stored.owner then return 'not-owner' end
  if stored.expiresAtMs <= now then return 'expired' end
  return nil
end

local reason = refusal()
if reason then return { reason, stored and text or '' } end
local changed = now_us
if stored then
  if same then received = math.max(received, stored.receivedAtMs) end
  changed = math.max(changed, stored.changedAtUs + 1)
end
local lease = ARGV[6] .. string.format(
  ',"receivedAtMs":%.0f,"expiresAtMs":%.0f,"changedAtUs":%.0f}', received, now + ttl, changed)
redis.call('HSET', KEYS[1], cluster, lease)
redis.call('PUBLISH', channel, lease)
return { 'granted', lease }
`;

/**
 * Removes leases that expired long enough ago, by the server's clock: `isExpiredFor` of @tandem/election. What is no lease stays.
 *
 * KEYS: the hash of leases. ARGV: how long ago in ms, and the clusters to be looked at.
 */
export const PURGE_LEASES = `
local time = redis.call('TIME')
local before = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) - tonumber(ARGV[1])
local removed = 0
for i = 2, #ARGV do
  local text = redis.call('HGET', KEYS[1], ARGV[i])
  local ok, value = pcall(cjson.decode, text or '')
  if ok and type(value) == 'table' and type(value.expiresAtMs) == 'number' and value.expiresAtMs <= before then
    removed = removed + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return removed
`;

/** Everything after the key that the script is given. */
export type ChangeArguments = readonly (string | number)[];

/** What to pass to {@link CHANGE_LEASE} after the key. */
export function changeArguments(
  operation: LeaseOperation,
  { cluster, replica, epoch, owner, electedAtMs, receivedAtMs }: LeaseClaim,
  { channel, ttlMs }: { readonly channel: string; readonly ttlMs: number },
): ChangeArguments {
  const claim = JSON.stringify({ cluster, replica, epoch, owner, electedAtMs });
  return [operation, channel, cluster, ttlMs, receivedAtMs, claim.slice(0, -1)];
}

const REASONS = ['stale-epoch', 'not-owner', 'expired', 'missing'] as const;

/**
 * Reads the script's reply.
 *
 * @throws {Error} when it is none
 */
export function readOutcome(reply: unknown): LeaseOutcome {
  const [verdict, text] = Array.isArray(reply) ? (reply as unknown[]) : [];
  const lease = typeof text === 'string' ? parseLease(text) : undefined;
  if (verdict === 'granted' && lease !== undefined) return { outcome: 'granted', lease };
  const reason = REASONS.find((each) => each === verdict);
  if (reason === undefined) throw new Error('the server gave an unexpected reply');
  return lease === undefined ? { outcome: 'refused', reason } : { outcome: 'refused', reason, current: lease };
}

/** A lease, and when the server wrote it: grows with every change of a lease while the server keeps its data. */
export interface StoredLease {
  readonly lease: Lease;
  /** Unix µs, the server's clock. */
  readonly changedAtUs: number;
}

/** Reads what is stored, and what is published; `undefined` for what is no lease. */
export function parseStored(text: string): StoredLease | undefined {
  const lease = parseLease(text);
  if (lease === undefined) return undefined;
  const { changedAtUs } = JSON.parse(text) as { changedAtUs?: unknown };
  return { lease, changedAtUs: typeof changedAtUs === 'number' ? changedAtUs : 0 };
}
