import { passedByTracker, TRACKER_DEFAULTS } from '../compare/ha-tracker.ts';
import { penalty } from '../compare/penalty.ts';
import { victoriaDedup } from '../compare/victoria-dedup.ts';
import { type Figures, figuresOf, type Measure } from '../judge/figures.ts';
import { judge } from '../judge/judge.ts';
import { type Copy, copyOf, markersOf, metricOf, requestsOf } from '../record/copy.ts';
import { type Stage } from '../stage/stage.ts';
import { readStored } from '../stage/stored.ts';
import { kindOf } from '../target/readings.ts';
import { UPDATE_TIMEOUT_MS } from './plan.ts';
import { type Seen } from './run.ts';

/** How late a scrape may be on a busy machine, as a part of its interval, and at least ms. */
const TOLERANCE = 0.1;
const LEAST_TOLERANCE_MS = 300;
/** How far the time a value is of may be from its stamp, where clocks agree, ms. */
const SERVED_SLACK_MS = 3000;

/** What a way of deduplication came to. */
export interface NamedFigures extends Figures {
  readonly name: string;
  /** Samples of the span that are stored for it: of both replicas where they are deduplicated at query time. */
  readonly stored: number;
}

/** What one run came to: an entry of `results/real-pairs.json`. */
export interface Outcome {
  readonly id: string;
  readonly fault: string;
  readonly interval: string;
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly elected: string;
  readonly standby: string;
  /** Series of the target, and the span that was judged. */
  readonly series: number;
  readonly seconds: number;
  readonly epoch: number;
  /** Requests that reached ingest. */
  readonly requests: number;
  /** What should not be in the store. */
  readonly findings: readonly string[];
  readonly copies: readonly NamedFigures[];
}

/** Reads the store back, judges it, and works out what others would have given of the same requests. */
export async function outcomeOf(stage: Stage, seen: Seen): Promise<Outcome> {
  const { pair, fromMs, toMs, epoch } = seen;
  const { plan, recording, elected, standby } = pair;
  const measure = measureOf(seen);
  const { copy, markers } = await readStored(stage.store.url, plan.id);
  const replicas: readonly [Copy, Copy] = [
    copyOf(recording, requestsOf(recording, elected.name)),
    copyOf(recording, requestsOf(recording, standby.name)),
  ];
  const served = new Set(pair.target.servedAtMs);
  const wasServed = (seconds: number): boolean => served.has(pair.target.timeOf(seconds));
  const sentMarkers = markersOf(recording);
  const findings = judge({ stored: copy, markers, sentMarkers, replicas, measure, offsetMs: plan.offsetMs, wasServed });
  const others = await othersOf(seen, replicas);
  return {
    id: plan.id,
    fault: plan.fault,
    interval: plan.interval.id,
    measuredAt: new Date().toISOString(),
    elected: elected.version,
    standby: standby.version,
    series: copy.size,
    seconds: Math.round((toMs - fromMs) / 1000),
    epoch,
    requests: recording.requests.length,
    findings,
    copies: [{ name: 'Tandem', copy, isQueried: false }, ...others].map(({ name, copy: of, isQueried }) => {
      const figures = figuresOf(of, measure);
      return { name, ...figures, stored: isQueried ? storedOf(replicas, measure) : figures.samples };
    }),
  };
}

interface NamedCopy {
  readonly name: string;
  readonly copy: Copy;
  /** Whether it is chosen at query time, of both copies. */
  readonly isQueried: boolean;
}

/** Samples of both replicas. */
function storedOf(replicas: readonly Copy[], measure: Measure): number {
  return replicas.reduce((sum, copy) => sum + figuresOf(copy, measure).samples, 0);
}

async function othersOf({ pair }: Seen, replicas: readonly [Copy, Copy]): Promise<readonly NamedCopy[]> {
  const { plan, recording } = pair;
  const { intervalMs, failoverTimeoutMs } = plan.interval;
  const tracker = (updateMs: number, failoverMs: number): Copy =>
    copyOf(recording, passedByTracker(recording.requests, { updateMs, failoverMs }));
  const isCounter = (key: string): boolean => kindOf(metricOf(key)) !== 'gauge';
  const arrived = [
    { name: 'HA tracker, defaults', copy: tracker(TRACKER_DEFAULTS.updateMs, TRACKER_DEFAULTS.failoverMs) },
    { name: "HA tracker, Tandem's timeouts", copy: tracker(UPDATE_TIMEOUT_MS, failoverTimeoutMs) },
  ];
  const queried = [
    { name: 'VictoriaMetrics dedup', copy: await victoriaDedup(recording, plan.id, intervalMs) },
    { name: 'Thanos penalty', copy: penalty(replicas, () => false) },
    { name: 'Thanos penalty in rate()', copy: penalty(replicas, isCounter) },
  ];
  return [
    ...arrived.map((each) => ({ ...each, isQueried: false })),
    ...queried.map((each) => ({ ...each, isQueried: true })),
  ];
}

function measureOf({ pair, fromMs, toMs }: Seen): Measure {
  const { plan, target } = pair;
  const { intervalMs } = plan.interval;
  const slackMs = Math.abs(plan.offsetMs) + SERVED_SLACK_MS;
  return {
    intervalMs,
    toleranceMs: Math.max(LEAST_TOLERANCE_MS, TOLERANCE * intervalMs),
    fromMs,
    toMs,
    resetsWithin: (before, after) => target.resetsWithin(before - slackMs, after + slackMs),
  };
}
