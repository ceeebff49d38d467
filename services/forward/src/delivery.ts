import { backoffMs, type WriteOutcome, type WriteRequest } from '@tandem/remote-write-client';

/** The way to a target. */
export interface Sender {
  send(request: WriteRequest): Promise<WriteOutcome>;
}

/** An attempt that will be made again. */
export type FailedAttempt = Extract<WriteOutcome, { readonly outcome: 'retry' }>;

/** When to stop trying. */
export interface DeliverySignals {
  /** No further attempt; the one under way may still end. */
  readonly stopping: AbortSignal;
  /** The attempt under way is abandoned as well. */
  readonly abandon: AbortSignal;
}

/** What delivery needs from outside. */
export interface DeliveryOptions extends DeliverySignals {
  readonly sender: Sender;
  /** Waits; ends early when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onRetry: (attempt: FailedAttempt, failures: number) => void;
}

/** How a body ended: `unsettled` means that nobody knows whether the target has it. */
export type DeliveryOutcome = Exclude<WriteOutcome, { readonly outcome: 'retry' }> | { readonly outcome: 'unsettled' };

/**
 * Sends one body until the target has it or refuses it for good: back-off 30 ms doubling to 5 s, or what `Retry-After`
 * says, without end (what waits behind it is kept by the log).
 */
export async function deliver(body: Uint8Array, options: DeliveryOptions): Promise<DeliveryOutcome> {
  for (let failures = 0; !options.stopping.aborted;) {
    const outcome = await options.sender.send({ body, protocol: 'v1', attempt: failures, signal: options.abandon });
    if (outcome.outcome !== 'retry') return outcome;
    failures += 1;
    options.onRetry(outcome, failures);
    await options.wait(outcome.retryAfterMs ?? backoffMs(failures), options.stopping);
  }
  return { outcome: 'unsettled' };
}
