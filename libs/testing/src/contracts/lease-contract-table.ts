import { type LeaseClaim, type LeaseOperation } from '@tandem/election';

/** One row of the table in LEASE.md: a claim relative to epoch 5, replica `a`, owner `x`, and what each call says. */
export interface LeaseTableRow {
  readonly claim: string;
  readonly parts: Pick<LeaseClaim, 'epoch' | 'replica' | 'owner'>;
  readonly held: Readonly<Record<LeaseOperation, string>>;
  readonly expired: Readonly<Record<LeaseOperation, string>>;
}

const row = (
  claim: string,
  parts: LeaseTableRow['parts'],
  acquire: string,
  verdicts: readonly string[],
): LeaseTableRow => {
  const [renewHeld = '', renewExpired = '', handOverHeld = '', handOverExpired = ''] = verdicts;
  return {
    claim,
    parts,
    held: { acquire, renew: renewHeld, handOver: handOverHeld },
    expired: { acquire, renew: renewExpired, handOver: handOverExpired },
  };
};

const NEVER = ['stale-epoch', 'stale-epoch', 'stale-epoch', 'stale-epoch'];
const NOT_OWNER = ['not-owner', 'not-owner', 'not-owner', 'not-owner'];

/** The table. */
export const LEASE_TABLE: readonly LeaseTableRow[] = [
  row('e, a, x', { epoch: 5, replica: 'a', owner: 'x' }, 'granted', ['granted', 'expired', 'granted', 'expired']),
  row('e, a, another owner', { epoch: 5, replica: 'a', owner: 'y' }, 'granted', NOT_OWNER),
  row('e, another replica', { epoch: 5, replica: 'b', owner: 'x' }, 'stale-epoch', NEVER),
  row('e+1, x', { epoch: 6, replica: 'b', owner: 'x' }, 'granted', [
    'stale-epoch',
    'stale-epoch',
    'granted',
    'expired',
  ]),
  row('e+1, the same replica, x', { epoch: 6, replica: 'a', owner: 'x' }, 'granted', [
    'stale-epoch',
    'stale-epoch',
    'granted',
    'expired',
  ]),
  row('e+1, another owner', { epoch: 6, replica: 'b', owner: 'y' }, 'granted', [
    'stale-epoch',
    'stale-epoch',
    'not-owner',
    'not-owner',
  ]),
  row('later than e+1', { epoch: 7, replica: 'b', owner: 'x' }, 'granted', NEVER),
  row('earlier than e', { epoch: 4, replica: 'a', owner: 'x' }, 'stale-epoch', NEVER),
];

/** The calls. */
export const LEASE_OPERATIONS: readonly LeaseOperation[] = ['acquire', 'renew', 'handOver'];
