import { SilenceTable, type NotificationTarget } from '@tandem/alerting';
import { describeError } from '@tandem/errors';
import { type LogRecord } from '@tandem/stream';

import { type AlertsLog, type AlertsOptions, type AlertsTiming } from './alerts-options.ts';
import { type PipelineContext } from './dispatch/pipeline.ts';
import { AlertCodec } from './log/alert-codec.ts';
import { FollowedTopic } from './log/followed-topic.ts';
import { NotificationTopic } from './log/notification-topic.ts';
import { type TopicTail } from './log/topic-tail.ts';
import { LogClock } from './members/log-clock.ts';
import { Membership } from './members/membership.ts';
import { DISPATCHER_METRICS } from './metrics/dispatcher.ts';
import { INTAKE_METRICS } from './metrics/intake.ts';
import { measuredNotificationLog } from './notify/measured-notification-log.ts';
import { SilenceTopic } from './silences/silence-topic.ts';
import { AlertnameLimit } from './state/alertname-limit.ts';
import { AlertsState } from './state/alerts-state.ts';
import { AlertsWriter } from './state/alerts-writer.ts';

/** Of a group's key in a log line, UTF-16 units. */
const MAX_LOGGED = 500;

const DEFAULT_TIMING: AlertsTiming = {
  heartbeatMs: 500,
  memberTimeoutMs: 3000,
  patienceMs: 3000,
  retryMs: 1000,
  graceMs: 3000,
};

/** How long the service waits for what. */
export function timingOf({ timing }: Pick<AlertsOptions, 'timing'>): AlertsTiming {
  return { ...DEFAULT_TIMING, ...timing };
}

/** What the parts hear of the service. */
export interface AlertsHooks {
  /** Ends following and writing. */
  readonly signal: AbortSignal;
  /** There is something to be appended. */
  readonly outgoing: () => void;
  /** Instances have come or gone. */
  readonly membersChanged: () => void;
}

/** The alerts of a cluster, and what they are read from and written with. */
export interface AlertParts {
  readonly limit: AlertnameLimit;
  readonly state: AlertsState;
  readonly alertsTopic: FollowedTopic;
  readonly writer: AlertsWriter;
}

/** The instances of a cluster. */
export interface MemberParts {
  readonly membership: Membership;
  readonly membersTopic: FollowedTopic;
}

/** The silences of a cluster. */
export interface SilenceParts {
  readonly silences: SilenceTopic;
  readonly silencesTopic: FollowedTopic;
}

/** What the service is put together from. */
export interface AlertsParts extends AlertParts, MemberParts, SilenceParts {
  readonly clock: LogClock;
  readonly nflog: NotificationTopic;
}

/** What parts are made from. */
interface Making {
  readonly options: AlertsOptions;
  readonly hooks: AlertsHooks;
  readonly clock: LogClock;
  readonly told: Listeners;
}

/** Makes the parts of the service; none of them does anything yet. */
export function createParts(options: AlertsOptions, hooks: AlertsHooks): AlertsParts {
  const { log, topics, settings } = options;
  const clock = new LogClock(options.clock);
  const making = { options, hooks, clock, told: listeners(options) };
  const table = new SilenceTable();
  const nflog = new NotificationTopic({
    ...writing(making),
    cluster: settings.cluster,
    topic: topics.nflog,
    reader: log,
    onError: making.told.error(topics.nflog),
    onUnreadable: making.told.unreadable(topics.nflog),
    onTooLarge: making.told.tooLarge,
  });
  return { clock, nflog, ...alertParts(making, table), ...memberParts(making), ...silenceParts(making, table) };
}

function alertParts(making: Making, silences: SilenceTable): AlertParts {
  const { options, hooks, told } = making;
  const { settings, instance } = options;
  const topic = options.topics.alerts;
  const limit = new AlertnameLimit(settings.perAlertnameLimit);
  const state = new AlertsState(instance.name, (fingerprint, alert) => {
    silences.forgetAlert(fingerprint);
    limit.delete(fingerprint, alert);
  });
  const codec = new AlertCodec(settings.cluster, instance.name);
  const alertsTopic = followed(making, topic, (record) => {
    const decoded = codec.decode(record);
    if (decoded === undefined) return;
    if (decoded.kind === 'unreadable') told.unreadable(topic)(record, decoded.problem);
    else state.apply(decoded, record.timestampMs);
    if (decoded.kind === 'alert') limit.add(decoded.fingerprint, decoded.alert);
    if (state.outbox.size > 0) hooks.outgoing();
  });
  const tail = (): Promise<TopicTail | undefined> => alertsTopic.opened();
  const writer = new AlertsWriter({ ...writing(making), state, codec, topic, tail, onError: told.error(topic) });
  return { limit, state, alertsTopic, writer };
}

function memberParts(making: Making): MemberParts {
  const { options, hooks, clock, told } = making;
  const { name, address, version } = options.instance;
  const topic = options.topics.members;
  const membership = new Membership(
    {
      ...writing(making),
      cluster: options.settings.cluster,
      topic,
      own: { name, address, version, life: options.newId() },
      startedAtMs: options.clock.now(),
      timeoutMs: timingOf(options).memberTimeoutMs,
      clock: options.clock,
      logClock: clock,
      onError: told.error(topic),
      onChange: hooks.membersChanged,
    },
    options.hash,
  );
  return { membership, membersTopic: followed(making, topic, (record) => membership.apply(record)) };
}

function silenceParts(making: Making, table: SilenceTable): SilenceParts {
  const { options, told } = making;
  const topic = options.topics.silences;
  const silences: SilenceTopic = new SilenceTopic({
    ...writing(making),
    ...options.settings,
    topic,
    table,
    tail: () => silencesTopic.tail,
    newId: options.newId,
    onUnreadable: told.unreadable(topic),
  });
  const silencesTopic = followed(making, topic, (record) => silences.apply(record));
  return { silences, silencesTopic };
}

/** How the log is written and waited for. */
function writing({ options, hooks, clock }: Making): {
  readonly clock: LogClock;
  readonly appender: AlertsLog;
  readonly patienceMs: number;
  readonly retryMs: number;
  readonly signal: AbortSignal;
} {
  const { patienceMs, retryMs } = timingOf(options);
  return { clock, appender: options.log, patienceMs, retryMs, signal: hooks.signal };
}

function followed(making: Making, topic: string, apply: (record: LogRecord) => void): FollowedTopic {
  const { options, told } = making;
  return new FollowedTopic({ ...writing(making), reader: options.log, topic, apply, onError: told.error(topic) });
}

/** What pipelines of all configurations have in common. */
export function pipelineContext(options: AlertsOptions, parts: AlertsParts): PipelineContext {
  const { settings, observers, instance, random, newId, logger } = options;
  const { clock, nflog, membership, silences, state, writer } = parts;
  const metrics = options.metrics.instruments(DISPATCHER_METRICS);
  const isOwned = settings.mode === 'owners';
  return {
    clock,
    log: measuredNotificationLog(nflog, options.metrics, clock),
    silences: silences.table,
    state,
    owner: instance.name,
    newClaimId: newId,
    random,
    position: () => (isOwned ? 0 : membership.position()),
    owns: isOwned ? (group) => membership.owns(group.group.key) : undefined,
    stepMs: settings.stepMs,
    retentionMs: settings.retentionMs,
    graceMs: timingOf(options).graceMs,
    notBeforeMs: settings.startDelayMs === 0 ? undefined : clock.now() + settings.startDelayMs,
    observer: {
      attempt: (...told) => observers.forEach((observer) => observer.attempt(...told)),
      ended: (...told) => observers.forEach((observer) => observer.ended(...told)),
    },
    onSuppressed: (...told) => observers.forEach((observer) => observer.suppressed(...told)),
    onEnded: (id) => {
      state.groupEnded(id);
      void writer.flush();
    },
    onError: (error, group) => {
      metrics.failedFlushes.inc();
      logger.error({ group: group.group.key, error: describeError(error) }, 'flush ended with an error');
    },
  };
}

/** Who counts and logs what goes wrong with the log, by topic. */
interface Listeners {
  readonly error: (topic: string) => (error: unknown) => void;
  readonly unreadable: (topic: string) => (record: LogRecord, problem: string) => void;
  readonly tooLarge: (target: NotificationTarget) => void;
}

function listeners({ metrics, logger }: AlertsOptions): Listeners {
  const { logErrors, unreadable, droppedEntries } = metrics.instruments(INTAKE_METRICS);
  return {
    error: (topic) => (error) => {
      logErrors.inc({ topic });
      logger.warn({ topic, error: describeError(error) }, 'cannot use the log, trying again');
    },
    unreadable:
      (topic) =>
      ({ offset }, problem) => {
        unreadable.inc({ topic });
        logger.error({ topic, offset, problem }, 'passed over a record that cannot be read');
      },
    tooLarge: ({ groupKey, receiver }) => {
      droppedEntries.inc({ reason: 'too-large' });
      const group = groupKey.slice(0, MAX_LOGGED);
      logger.error({ group, receiver }, 'told, but the entry is too large for the log: others may tell it again');
    },
  };
}
