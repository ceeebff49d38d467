export { readNflogSnapshot } from './nflog-snapshot.ts';
export { readSilencesSnapshot } from './silences-snapshot.ts';
export { type SnapshotOutcome } from './snapshot.ts';
