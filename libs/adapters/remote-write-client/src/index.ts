export { backoffMs } from './backoff.ts';
export { type RemoteWriteAuth, type RemoteWriteClientOptions, type RemoteWriteTls } from './options.ts';
export { type RetryReason, type WriteOutcome } from './outcome.ts';
export { RemoteWriteClient, type WriteRequest } from './remote-write-client.ts';
