import { TandemError } from '@tandem/errors';
import { type Component } from '@tandem/lifecycle';
import { LogError, type Log, type TopicSettings } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

/** What the gate needs. */
export interface StreamGateOptions {
  readonly log: Pick<Log, 'ping' | 'createTopics' | 'checkTopics'>;
  readonly topics: readonly TopicSettings[];
  /** The embedded log has nobody else to create its topics. */
  readonly createTopics: boolean;
  readonly logger: Logger;
}

const RETRY_MS = 1000;
/** One wrong setting is usually wrong in every topic. */
const MAX_LISTED = 3;
/** Longer than any outage: the largest delay a timer takes. */
const FOR_EVER_MS = 2_147_483_647;

/**
 * The step of a start that lets nothing past before the log answers and its topics are as they must be. An outage is
 * waited out (the process is up, not ready, and answers 503); a wrong setting is an error.
 */
export function streamGate(options: StreamGateOptions): Component {
  return {
    name: 'stream',
    startDeadlineMs: FOR_EVER_MS,
    start: (signal) => pass(options, signal),
    stop: () => undefined,
  };
}

async function pass(options: StreamGateOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await open(options);
      return;
    } catch (error) {
      if (!(error instanceof LogError) || !error.retryable) throw error;
      options.logger.warn({ error }, 'waiting for the log');
      await pause(signal);
    }
  }
}

async function open({ log, topics, createTopics }: StreamGateOptions): Promise<void> {
  await log.ping();
  if (createTopics) await log.createTopics(topics);
  const mismatches = await log.checkTopics(topics);
  if (mismatches.length === 0) return;
  const list = mismatches.map(
    ({ topic, setting, expected, actual }) => `${topic}: ${setting} is ${actual}, expected ${expected}`,
  );
  const more = list.length > MAX_LISTED ? ` and ${list.length - MAX_LISTED} more like these` : '';
  const told = list.slice(0, MAX_LISTED).join('; ') + more;
  throw new TandemError('TANDEM_LOG_MISCONFIGURED', `cannot use the topics: ${told}`);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, RETRY_MS);
    signal.addEventListener('abort', end);
  });
}
