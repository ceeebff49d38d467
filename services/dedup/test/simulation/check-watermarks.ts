import { isWatermark, watermarkOf } from '@tandem/records';

import { SETTINGS, T0, TOPICS } from '../pipeline.ts';
import { type SimulatedStorage } from '../simulated-log.ts';
import { type Findings } from './findings.ts';
import { keyTextOf, samplesOf, type Out } from './output.ts';
import { keyOf, type Entry } from './records.ts';
import { type World } from './world.ts';

/** How far apart the samples of one scrape may reach the log (SPEC "Watermarks", W2). */
const SKEW_MS = 10_000;
/** What a watermark may stay behind beside its delay, ms: the slowest steady scrape, its sending, and a second. */
const SLACK_MS = 25_000;
const DELAY_MS = SETTINGS.watermark.delayMs;

/** What was let through of a key so far. */
interface Passed {
  /** Newest sample of each series, ms since the world began. */
  readonly series: Map<string, number>;
  highMs: number;
}

/** Whether an election took so long to reach a key that it was not waited for (W2). */
export type CameLate = (key: string, epoch: number) => boolean;

/** What a run's watermarks are checked with. */
export interface WatermarkRun {
  readonly world: World;
  readonly history: readonly Entry[];
  /** Where some do, nobody promises that the watermark follows. Default: none did. */
  readonly cameLate?: CameLate;
}

/** W1, W2 and W4 over everything a run has written. */
export function checkWatermarks(
  storage: SimulatedStorage,
  { world, history, cameLate }: WatermarkRun,
  findings: Findings,
): void {
  for (let partition = 0; partition < storage.partitions; partition++) {
    const ofPartition = history.filter((entry) => entry.partition === partition);
    const check = new PartitionCheck(ofPartition, cameLate ?? (() => false), findings);
    for (const record of storage.records(TOPICS.deduped, partition)) {
      if (isWatermark(record.headers)) check.watermark((watermarkOf(record.headers) ?? NaN) - T0);
      else check.samples(keyTextOf(record.key), samplesOf(record), watermarkOf(record.headers));
    }
    // A seam holds the watermark back until it is known which series have ended.
    const hasSeams = storage.records(TOPICS.deduped, partition).some(({ headers }) => Number(headers['epoch']) > 1);
    if (world.scenario === 'calm' && !hasSeams && cameLate === undefined) check.progress();
  }
}

/** The watermarks and samples of one partition, in their order. */
class PartitionCheck {
  readonly #history: readonly Entry[];
  readonly #findings: Findings;
  readonly #cameLate: CameLate;
  readonly #entries: ReadonlyMap<number, Entry>;
  readonly #passed = new Map<string, Passed>();
  #watermarkMs = -Infinity;

  constructor(history: readonly Entry[], cameLate: CameLate, findings: Findings) {
    this.#cameLate = cameLate;
    this.#history = history;
    this.#findings = findings;
    this.#entries = new Map(history.map((entry) => [entry.offset, entry]));
  }

  /** W1: they ascend. */
  watermark(watermarkMs: number): void {
    this.#findings.count('watermarks');
    if (!(watermarkMs > this.#watermarkMs)) {
      this.#findings.violate('W1', '', `watermark ${watermarkMs} comes after ${this.#watermarkMs}`);
    }
    this.#watermarkMs = watermarkMs;
  }

  samples(key: string, outs: readonly Out[], named: number | undefined): void {
    const beforeMs = named === undefined ? -Infinity : named - T0;
    if (beforeMs !== this.#watermarkMs) {
      this.#findings.violate('W1', key, `a record names the watermark ${beforeMs}, behind ${this.#watermarkMs}`);
    }
    const passed = this.#passed.get(key) ?? { series: new Map<string, number>(), highMs: -Infinity };
    this.#passed.set(key, passed);
    const inOrder = outs.filter(({ outOfOrder }) => !outOfOrder);
    for (const out of inOrder) if (out.stampMs <= this.#watermarkMs) this.#late(key, out, passed);
    for (const { series, stampMs } of inOrder) {
      passed.series.set(series, stampMs);
      passed.highMs = Math.max(passed.highMs, stampMs);
    }
  }

  /** W2: what is late was late when it reached the log, or fills what the replica before had missed. */
  #late(key: string, out: Out, { series, highMs }: Passed): void {
    const entry = this.#entries.get(out.sourceOffset);
    const sample = entry?.samples.find((each) => each.series === out.series && each.stampMs === out.stampMs);
    if (entry !== undefined && sample !== undefined && entry.atMs - sample.realMs > SKEW_MS) {
      this.#findings.count('late samples, that reached the log late');
    } else if (out.epoch > 1 && (series.get(out.series) ?? -Infinity) < highMs - DELAY_MS) {
      this.#findings.count('late samples, of series that the replica before had missed');
    } else if (out.fill !== undefined) {
      this.#findings.count('late samples, of fills');
    } else if (this.#cameLate(key, out.epoch)) {
      this.#findings.count('late samples, of shards that were told late who is elected');
    } else {
      const where = `record ${out.sourceOffset}, epoch ${out.epoch}`;
      const detail = `${out.series}@${out.stampMs / 1000} of ${where} comes after the watermark ${this.#watermarkMs / 1000}`;
      this.#findings.violate('W2', key, detail);
    }
  }

  /** W4: where nothing is wrong, the watermark follows. */
  progress(): void {
    const endMs = this.#history.at(-1)?.atMs ?? 0;
    const keys = new Set(this.#history.map(({ cluster }) => keyTextOf(keyOf(cluster))));
    if (endMs > 2 * DELAY_MS && this.#watermarkMs < endMs - DELAY_MS - SLACK_MS) {
      const detail = `the last watermark is ${this.#watermarkMs / 1000}, the log ends at ${endMs / 1000}`;
      this.#findings.violate('W4', [...keys].join(' '), detail);
    }
  }
}
