import {
  fingerprint as fingerprintOf,
  isResolved,
  takeAlert,
  type Alert,
  type IntakeSettings,
  type LabelSet,
  type Outcome,
  type PostedAlert,
} from '@tandem/alerting';

import { type AlertsClock } from '../clock.ts';
import { type DispatcherMetrics } from '../metrics/dispatcher.ts';
import { type IntakeMetrics } from '../metrics/intake.ts';
import { type AlertnameLimit } from './alertname-limit.ts';
import { type AlertsState } from './alerts-state.ts';
import { type AlertsWriter } from './alerts-writer.ts';

/** What intake needs. */
export interface IntakeOptions {
  readonly state: AlertsState;
  readonly writer: Pick<AlertsWriter, 'flush'>;
  readonly limit: AlertnameLimit;
  readonly clock: AlertsClock;
  /** As the configuration in force says. */
  readonly settings: () => IntakeSettings;
  readonly metrics: IntakeMetrics & Pick<DispatcherMetrics, 'processing'>;
}

const MS = 1000;
/** Longest an alert may be, UTF-16 units of all its texts: three bytes each fit into a record of 1 MiB. */
const MAX_TEXT = 300_000;
/** Most alerts that may wait for the log. */
const MAX_WAITING = 1_000_000;

/**
 * Takes what is posted (SPEC.md, A1 to A4 and W1): all alerts of a post are appended together, and the answer waits for it. While
 * the log is away they are known here at once, and appended when it is back.
 */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** What became of each alert, in order. One beyond the limit of its name is left out, and counted. Never rejects. */
  async put(posted: readonly PostedAlert[]): Promise<readonly Outcome<Alert>[]> {
    const { clock, settings, writer, metrics } = this.#options;
    const nowMs = clock.now();
    const intake = settings();
    const outcomes = posted.map((one) => this.#take(one, nowMs, intake));
    const taken = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    metrics.invalid.inc({ version: 'v2' }, outcomes.length - taken.length);
    const received = taken.filter((alert) => this.#receive(alert, nowMs)).length;
    metrics.processing.observe((clock.now() - nowMs) / MS);
    const isAppended = received === 0 || (await writer.flush());
    if (!isAppended) metrics.kept.inc(received);
    return outcomes;
  }

  #take(posted: PostedAlert, nowMs: number, intake: IntakeSettings): Outcome<Alert> {
    const { metrics } = this.#options;
    const outcome = takeAlert(posted, nowMs, intake);
    const endsAtMs = outcome.ok ? outcome.value.endsAtMs : (posted.endsAtMs ?? Infinity);
    metrics.received.inc({ status: isResolved({ endsAtMs }, nowMs) ? 'resolved' : 'firing', version: 'v2' });
    if (!outcome.ok || textLength(outcome.value) <= MAX_TEXT) return outcome;
    return { ok: false, error: `alert is too large: its texts have more than ${MAX_TEXT} characters` };
  }

  /** @returns whether it is within the limits */
  #receive(alert: Alert, nowMs: number): boolean {
    const { limit, state, metrics } = this.#options;
    const fingerprint = fingerprintOf(alert.labels);
    if (!limit.admits(fingerprint, alert, nowMs, (known) => state.alerts.get(known))) {
      metrics.limited.inc();
      return false;
    }
    if (state.outbox.size >= MAX_WAITING && state.alerts.get(fingerprint) === undefined) {
      metrics.dropped.inc({ reason: 'outbox-full' });
      return false;
    }
    limit.add(fingerprint, alert);
    state.receive(fingerprint, alert, nowMs);
    return true;
  }
}

function textLength({ labels, annotations, generatorUrl }: Alert): number {
  return lengthOf(labels) + lengthOf(annotations) + generatorUrl.length;
}

function lengthOf(texts: LabelSet): number {
  let length = 0;
  for (const [name, value] of texts) length += name.length + value.length;
  return length;
}
