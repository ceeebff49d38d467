import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { topicName, type Log, type TopicId } from '@tandem/stream';
import { until } from '@tandem/testing';

import { auditDeduped } from './audit/audit-deduped.ts';
import { auditDelivery } from './audit/audit-delivery.ts';
import { auditSamples } from './audit/audit-samples.ts';
import { readContents, type Contents } from './audit/contents.ts';
import { Findings } from './audit/findings.ts';
import { Oracle, type ExpectedElection } from './audit/oracle.ts';
import { takeAll, withEnd } from './ending.ts';
import { Load } from './load/load.ts';
import { Random } from './random.ts';
import { type Backend, type BackendSource, PARTITIONS } from './stage/backend.ts';
import { Fleet, type FleetSize } from './stage/fleet.ts';
import { Receiver } from './stage/receiver.ts';

/** As short as the settings of elections allow. */
const FAILOVER_TIMEOUT_MS = 3000;
const SETTLE_TIMEOUT_MS = 90_000;
const TARGET = 'receiver';

/** How a run is made. */
export interface RunOptions {
  /** Short, for messages. */
  readonly title: string;
  readonly source: BackendSource;
  readonly size: FleetSize;
  readonly clusters: readonly string[];
  /** Default: 3000, as short as the settings of elections allow. */
  readonly failoverTimeoutMs?: number;
}

/** What an audit came to. */
export interface Verdict {
  /** What should not be; nothing where all is well. */
  readonly findings: readonly string[];
  readonly elections: readonly ExpectedElection[];
}

/** What a run consists of. */
interface Parts {
  readonly seed: number;
  readonly random: Random;
  readonly receiver: Receiver;
  readonly backend: Backend;
  readonly fleet: Fleet;
  readonly load: Load;
  readonly outputDir: string;
}

/** A pipeline of real processes with load before it and a target behind it, made to suffer and then looked through. */
export class ChaosRun {
  readonly options: RunOptions;
  readonly random: Random;
  readonly backend: Backend;
  readonly fleet: Fleet;
  readonly load: Load;
  readonly #parts: Parts;
  readonly #story: string[] = [];
  readonly #beganMs = performance.now();
  #failed = true;

  private constructor(options: RunOptions, parts: Parts) {
    this.options = options;
    this.#parts = parts;
    this.random = parts.random;
    this.backend = parts.backend;
    this.fleet = parts.fleet;
    this.load = parts.load;
  }

  /** Starts everything; load flows when it resolves. */
  static async start(options: RunOptions): Promise<ChaosRun> {
    const { title, source, size, clusters } = options;
    const seed = chosenSeed();
    const random = new Random(seed);
    const outputDir = join(tmpdir(), `tandem-chaos-${source.name}-${title.replaceAll(' ', '-')}-${seed}`);
    rmSync(outputDir, { recursive: true, force: true });
    mkdirSync(outputDir);
    const backend = await source.open();
    const ends: (() => Promise<unknown>)[] = [() => backend.remove()];
    try {
      const receiver = await new Receiver(random.fork()).start();
      ends.unshift(() => receiver.stop());
      const config = backend.config + pipelineConfig(options, receiver, random);
      const fleet = await Fleet.launch({ config, dir: backend.dir }, outputDir, size);
      ends.unshift(() => fleet.stop());
      const ports = fleet.of('ingest').map(({ port }) => port);
      const load = await Load.open({ clusters, random: random.fork(), ports });
      load.start();
      return new ChaosRun(options, { seed, random, receiver, backend, fleet, load, outputDir });
    } catch (error) {
      await takeAll(ends);
      throw error;
    }
  }

  /** Notes what was done, for the case that something is found. */
  note(step: string): void {
    this.#story.push(`${((performance.now() - this.#beganMs) / 1000).toFixed(1)} s ${step}`);
  }

  /** Ends the load, waits until everything has gone through, and looks through all of it. */
  async audit(): Promise<Verdict> {
    this.note('the load ends');
    await this.fleet.startAll();
    await this.load.stop();
    const log = await this.backend.openLog();
    try {
      await this.#settled(log);
      const contents = await readContents(log, this.backend.prefix);
      await this.#arrived(contents);
      await this.fleet.stop();
      return this.#judge(contents);
    } finally {
      await log.close();
    }
  }

  /** Ends everything. What the processes wrote stays where something was found. */
  async stop(): Promise<void> {
    await takeAll([
      () => this.load.close(),
      () => this.fleet.stop(),
      () => this.#parts.receiver.stop(),
      () => this.backend.remove(),
    ]);
    if (!this.#failed) rmSync(this.#parts.outputDir, { recursive: true, force: true });
  }

  /** Everything needed to look into a failure. */
  describe(): string {
    const { ledger, lostAnswers } = this.load;
    const { seed, outputDir, receiver } = this.#parts;
    const { source, title } = this.options;
    return [
      `chaos: ${source.name}, ${title}: TANDEM_CHAOS_SEED=${seed}, output of the processes in ${outputDir}`,
      `${ledger.acknowledgedRequests} requests acknowledged, ${ledger.repeatedRequests} sent again, ${lostAnswers} answers lost, ${receiver.deliveries.length} delivered`,
      `story: ${this.#story.join('; ')}`,
    ].join('\n');
  }

  #judge(contents: Contents): Verdict {
    const findings = new Findings();
    auditSamples(contents.samples, this.load.ledger, findings);
    const expected = new Oracle(failoverTimeout(this.options)).judge(contents.samples);
    auditDeduped(contents, expected, findings);
    const { rewinds } = auditDelivery(this.#parts.receiver.deliveries, contents.deduped, findings);
    for (const refusal of this.load.ledger.refusals) findings.add('refused', refusal);
    for (const problem of this.#parts.receiver.problems) findings.add('bad request at the target', problem);
    for (const surprise of this.fleet.surprises) findings.add('process', surprise);
    this.#failed = findings.lines.length > 0;
    this.note(
      `audited ${contents.samples.length} records of samples, ${contents.deduped.length} of deduped, ${expected.elections.length} elections, ${rewinds} rewinds`,
    );
    process.stderr.write(`${this.describe()}\n`);
    return { findings: findings.lines, elections: expected.elections };
  }

  /** Dedup has processed everything. */
  async #settled(log: Log): Promise<void> {
    const topic = this.#topic('samples');
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { end } = await log.bounds(topic, partition);
      const position = async (): Promise<number> =>
        (await log.committed(`${this.backend.prefix}dedup`, topic, partition)) ?? 0;
      await until(async () => (await position()) >= end, {
        what: `dedup at the end (${end}) of partition ${partition}`,
        timeoutMs: SETTLE_TIMEOUT_MS,
        intervalMs: 100,
        detail: () => this.describe(),
      });
    }
  }

  /** The target has everything that is in `deduped`. */
  async #arrived({ deduped }: Contents): Promise<void> {
    await until(() => deduped.every(({ samples }) => samples.every((sample) => this.#parts.receiver.has(sample))), {
      what: 'everything of deduped at the target',
      timeoutMs: SETTLE_TIMEOUT_MS,
      intervalMs: 200,
      detail: () => this.describe(),
    });
  }

  #topic(id: TopicId): string {
    return topicName(this.backend.prefix, id);
  }
}

/** Quick elections and a window of memory that is sometimes far too short, so that dedup must look back. */
function pipelineConfig(options: RunOptions, { writeUrl }: Receiver, random: Random): string {
  return `
dedup:
  update_timeout: 1s
  update_timeout_jitter: 0s
  failover_timeout: ${failoverTimeout(options)}ms
  replay_window: ${random.pick(['1s', '5s', '2m'])}
forward:
  targets: [{ name: ${TARGET}, url: "${writeUrl}" }]
`;
}

function failoverTimeout({ failoverTimeoutMs = FAILOVER_TIMEOUT_MS }: RunOptions): number {
  return failoverTimeoutMs;
}

/** The seed of a run: `TANDEM_CHAOS_SEED`, or a new one. */
export function chosenSeed(): number {
  const given = process.env['TANDEM_CHAOS_SEED'];
  return given === undefined ? Math.floor(Math.random() * 1_000_000) : Number(given);
}

/** Makes a run, has a scenario happen to it, and tells what the audit says. */
export async function withRun(options: RunOptions, scenario: (run: ChaosRun) => Promise<void>): Promise<Verdict> {
  const run = await ChaosRun.start(options);
  const play = async (): Promise<Verdict> => {
    try {
      await scenario(run);
      return await run.audit();
    } catch (error) {
      process.stderr.write(`${run.describe()}\n`);
      throw error;
    }
  };
  return withEnd(play, () => run.stop());
}
