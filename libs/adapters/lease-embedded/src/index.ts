export { type EmbeddedLeaseOptions, EmbeddedLeaseStore, openEmbeddedLeaseStore } from './embedded-lease-store.ts';
