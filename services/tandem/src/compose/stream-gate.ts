import { TandemError } from '@tandem/errors';
import { type Component } from '@tandem/lifecycle';
import { LogError, type Log, type TopicMismatch, type TopicSettings } from '@tandem/stream';
import { type Logger } from '@tandem/telemetry';

import { misplacedCluster } from './kept-places.ts';

/** What the gate needs. */
export interface StreamGateOptions {
  readonly log: Pick<Log, 'ping' | 'createTopics' | 'checkTopics' | 'bounds' | 'partitions' | 'read'>;
  readonly topics: readonly TopicSettings[];
  /** Full name of the topic `clusters`, where its clusters are to be checked. */
  readonly clustersTopic?: string;
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
      await open(options, signal);
      return;
    } catch (error) {
      if (!(error instanceof LogError) || !error.retryable) throw error;
      options.logger.warn({ error }, 'waiting for the log');
      await pause(signal);
    }
  }
}

async function open(options: StreamGateOptions, signal: AbortSignal): Promise<void> {
  const { log, topics, createTopics } = options;
  await log.ping();
  if (createTopics) await log.createTopics(topics);
  const mismatches = await log.checkTopics(topics);
  if (mismatches.length > 0) refuseTopics(mismatches);
  // Whoever creates the topics is the only one who could change them, and does not.
  if (!createTopics) await checkPlaces(options, signal);
}

/** Topics and configuration may have grown together: no setting differs, and what is known of clusters is left behind. */
async function checkPlaces({ log, clustersTopic: topic }: StreamGateOptions, signal: AbortSignal): Promise<void> {
  const misplaced = topic === undefined ? undefined : await misplacedCluster({ log, topic, signal });
  if (misplaced === undefined) return;
  const remedy =
    'the number of partitions of a log cannot be changed; begin another one (stream.kafka.topic_prefix) once this one is drained';
  throw new TandemError('TANDEM_LOG_MISCONFIGURED', `cannot use the topics: ${misplaced}: ${remedy}`);
}

function refuseTopics(mismatches: readonly TopicMismatch[]): never {
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
