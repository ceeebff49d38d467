export {
  LeaseStoreError,
  type Lease,
  type LeaseClaim,
  type LeaseListener,
  type LeaseOutcome,
  type LeaseRefusal,
  type LeaseStore,
} from './lease.ts';
