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
/** An outage that goes on for the same reason is said again after so many attempts: twice a minute, or less often. */
const REMIND_ATTEMPTS = 30;
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
  let told: string | undefined;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await open(options, signal);
      return;
    } catch (error) {
      if (!(error instanceof LogError) || !error.retryable) throw error;
      if (error.message !== told || attempt % REMIND_ATTEMPTS === 0) {
        options.logger.warn({ error }, 'waiting for the log');
      }
      told = error.message;
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
  const missing = mismatches.filter(({ actual }) => actual === 'missing').map(({ topic }) => topic);
  const wrong = mismatches
    .filter(({ actual }) => actual !== 'missing')
    .map(({ topic, setting, expected, actual }) => `${topic}: ${setting} is ${actual}, expected ${expected}`);
  const told = [
    ...(missing.length > 0 ? [`${listed(missing, ', ')} missing: "tandem topics create" makes what is missing`] : []),
    ...(wrong.length > 0 ? [listed(wrong, '; ')] : []),
  ];
  throw new TandemError('TANDEM_LOG_MISCONFIGURED', `cannot use the topics: ${told.join('; ')}`);
}

function listed(what: readonly string[], separator: string): string {
  const more = what.length > MAX_LISTED ? ` and ${what.length - MAX_LISTED} more` : '';
  return what.slice(0, MAX_LISTED).join(separator) + more;
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
