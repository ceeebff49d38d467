import { delay, until } from '@tandem/testing';
import { cpuBetween, cpuOf, cpuSeconds, peakMemoryOf, resetPeakMemory } from '../measure/process-usage.ts';
import { percentile } from '../measure/statistics.ts';
import { AlertsClient, type Latency } from './client.ts';
import { startSubject, type AlertsSubject, type AlertsSubjectId } from './subject.ts';
import { WebhookSink } from './webhook-sink.ts';
import { labelsOf, posted, postedAlerts, silence, type AlertsShape, type PostedAlert } from './workload.ts';

/** What is measured. */
export interface AlertsLoad {
  readonly shape: AlertsShape;
  /** To how many alerts it grows in the end. */
  readonly grown: AlertsShape;
  readonly silences: number;
  /** Replicas that post the same alerts. */
  readonly replicas: number;
  /** How often each posts each alert, ms. */
  readonly resendMs: number;
  /** How many times. */
  readonly minutes: number;
  /** Alerts in one request. */
  readonly batch: number;
}

/** What one run of one program came to. */
export interface AlertsRun {
  readonly subject: AlertsSubjectId;
  /** CPU seconds a minute of re-sending, probes and new alerts included. */
  readonly cpuSecondsPerMinute: number;
  readonly peakMemoryBytes: number;
  readonly post: Latency;
  /** One group of alerts by a filter. */
  readonly getFiltered: Latency;
  /** All alerts. */
  readonly getAll: Latency;
  readonly getSilences: Latency;
  /** From the post of a new alert in a new group to the webhook, without `group_wait`, ms. */
  readonly delayMs: { readonly alerts: number; readonly p50: number; readonly p99: number };
  readonly notifications: number;
  readonly growth: { readonly seconds: number; readonly cpuSeconds: number; readonly peakMemoryBytes: number };
}

const GROUP_WAIT_MS = 1000;
const PROBE_MS = 1000;
const ALL_EVERY = 10;

/** One run: silences, a first round of alerts, minutes of re-sending with probes beside it, growth. */
export async function runAlerts(
  id: AlertsSubjectId,
  load: AlertsLoad,
): Promise<AlertsRun & { readonly about: AlertsSubject }> {
  const sink = await WebhookSink.start();
  const subject = await startSubject(id, sink.url);
  try {
    const stage = { subject, sink, client: new AlertsClient(subject.url), load, startedMs: Date.now() };
    await settle(stage);
    const steady = await resend(stage);
    return { subject: id, ...steady, growth: await grow(stage), about: subject };
  } finally {
    await subject.stop();
    await sink.stop();
  }
}

interface Stage {
  readonly subject: AlertsSubject;
  readonly sink: WebhookSink;
  readonly client: AlertsClient;
  readonly load: AlertsLoad;
  /** When the alerts began, Unix ms. */
  readonly startedMs: number;
}

/** Silences and all alerts are there, and what is to be told of them is told. */
async function settle(stage: Stage): Promise<void> {
  const { client, load, sink } = stage;
  for (let index = 0; index < load.silences; index++) {
    await client.post('silence', '/api/v2/silences', silence(index, load.shape, Date.now()));
  }
  await postAll(stage, load.shape);
  const silenced = Math.min(load.silences, Math.ceil(load.shape.groups / 10)) * (load.shape.alerts / load.shape.groups);
  await until(() => sink.alerts >= load.shape.alerts - silenced, {
    what: `${load.shape.alerts - silenced} alerts at the webhook`,
    timeoutMs: 120_000,
    detail: () => `${sink.alerts} came`,
  });
  client.latency('post');
}

async function resend(stage: Stage): Promise<Omit<AlertsRun, 'subject' | 'growth'>> {
  const { subject, client, load, sink } = stage;
  await resetPeakMemory(subject.pid);
  const before = await cpuOf(subject.pid);
  const notified = sink.notifications;
  const ending = new AbortController();
  const probing = probe(stage, ending.signal);
  for (let minute = 0; minute < load.minutes; minute++) {
    await Promise.all(Array.from({ length: load.replicas }, () => postPaced(stage)));
  }
  ending.abort();
  const delays = await probing;
  const cpu = cpuSeconds(cpuBetween(before, await cpuOf(subject.pid)));
  return {
    cpuSecondsPerMinute: cpu / ((load.minutes * load.resendMs) / 60_000),
    peakMemoryBytes: await peakMemoryOf(subject.pid),
    post: client.latency('post'),
    getFiltered: client.latency('filtered'),
    getAll: client.latency('all'),
    getSilences: client.latency('silences'),
    delayMs: { alerts: delays.length, p50: percentile(delays, 0.5), p99: percentile(delays, 0.99) },
    notifications: sink.notifications - notified,
  };
}

/** A replica posts every alert once, spread over the time after which it does so again. */
async function postPaced(stage: Stage): Promise<void> {
  const { client, load, startedMs } = stage;
  const beganMs = performance.now();
  const batches = [...batched(postedAlerts(load.shape, startedMs, Date.now()), load.batch)];
  for (const [index, batch] of batches.entries()) {
    await delay(Math.max(0, beganMs + (index * load.resendMs) / batches.length - performance.now()));
    await client.post('post', '/api/v2/alerts', batch);
  }
  await delay(Math.max(0, beganMs + load.resendMs - performance.now()));
}

/** Once a second a look at a group and at the silences, and a new alert; seldom a look at all. @returns delays, ascending */
async function probe({ client, load, sink }: Stage, signal: AbortSignal): Promise<readonly number[]> {
  const postedAt = new Map<string, number>();
  for (let turn = 0; !signal.aborted; turn++) {
    const instance = `new-${turn}`;
    const labels = { ...labelsOf(turn, load.shape), severity: 'critical', service: instance, instance };
    postedAt.set(instance, performance.now());
    await client.post('new', '/api/v2/alerts', [posted(labels, Date.now(), Date.now())]);
    await client.get('filtered', `/api/v2/alerts?filter=${encodeURIComponent(`service="service-${turn}"`)}`);
    await client.get('silences', '/api/v2/silences');
    if (turn % ALL_EVERY === 0) await client.get('all', '/api/v2/alerts');
    await delay(PROBE_MS);
  }
  const last = [...postedAt.keys()].at(-1) ?? '';
  await until(() => sink.firstMs(last) !== undefined, { what: `${last} at the webhook`, timeoutMs: 30_000 });
  return [...postedAt]
    .map(([instance, atMs]) => (sink.firstMs(instance) ?? Number.POSITIVE_INFINITY) - atMs - GROUP_WAIT_MS)
    .toSorted((a, b) => a - b);
}

async function grow(stage: Stage): Promise<AlertsRun['growth']> {
  const { subject, load } = stage;
  const before = await cpuOf(subject.pid);
  const beganMs = performance.now();
  await postAll(stage, load.grown);
  return {
    seconds: (performance.now() - beganMs) / 1000,
    cpuSeconds: cpuSeconds(cpuBetween(before, await cpuOf(subject.pid))),
    peakMemoryBytes: await peakMemoryOf(subject.pid),
  };
}

async function postAll({ client, load, startedMs }: Stage, shape: AlertsShape): Promise<void> {
  for (const batch of batched(postedAlerts(shape, startedMs, Date.now()), load.batch)) {
    await client.post('post', '/api/v2/alerts', batch);
  }
}

function* batched(alerts: Iterable<PostedAlert>, size: number): Generator<readonly PostedAlert[]> {
  let batch: PostedAlert[] = [];
  for (const alert of alerts) {
    batch.push(alert);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
