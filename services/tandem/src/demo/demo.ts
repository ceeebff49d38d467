import { type ReplicaBalance, type Seam } from './balance.ts';
import { type Replica } from './replica.ts';
import { SCRIPT } from './script.ts';
import { buildStage, type Stage } from './stage.ts';
import { electedReplica } from './elected.ts';

/** What the demonstration found. */
export interface DemoResult {
  /** Whether everything went as Tandem promises. */
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Says a line. */
export type Say = (line: string) => void;

/**
 * Runs the demonstration: a pair of replicas, one of them stopped and started again, every sample accounted for.
 * Ends by itself.
 */
export async function runDemo(say: Say, signal: AbortSignal): Promise<DemoResult> {
  const stage = await buildStage((error) => {
    say(`  ! ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return await new Demo(stage, say, signal).run();
  } finally {
    await stage.close();
  }
}

class Demo {
  readonly #stage: Stage;
  readonly #say: Say;
  readonly #signal: AbortSignal;
  readonly #began = Date.now();

  constructor(stage: Stage, say: Say, signal: AbortSignal) {
    this.#stage = stage;
    this.#say = say;
    this.#signal = signal;
  }

  async run(): Promise<DemoResult> {
    const { pipeline, sink } = this.#stage;
    const [a, b] = this.#stage.replicas;
    this.#tell(`pipeline (ingest, dedup, forward) on an embedded log at ${pipeline.server.url}`);
    this.#tell(`checking sink at ${sink.server.url}`);
    a.start();
    await this.#pause(SCRIPT.intervalMs / 2);
    b.start();
    this.#tell(`replicas "a" and "b" scrape ${pipeline.server.url}/metrics each second and write both`);
    await this.#watch(SCRIPT.stopElectedAfterMs);
    const first = await this.#elected();
    const [elected, standby] = first === b.name ? [b, a] : [a, b];
    await elected.kill();
    this.#tell(`replica "${elected.name}" is elected: killed it`);
    await this.#watch(SCRIPT.restartAfterMs);
    const second = await this.#elected();
    this.#tell(`replica "${second ?? 'none'}" is elected now; starting "${elected.name}" again`);
    elected.start();
    await this.#watch(SCRIPT.endAfterMs);
    const third = await this.#elected();
    await Promise.all([a.kill(), b.kill()]);
    await this.#settle();
    return this.#judge({ elected, standby, second, third });
  }

  async #elected(): Promise<string | undefined> {
    return electedReplica(this.#stage.pipeline.server.url);
  }

  /** Tells each second what flows. */
  async #watch(forMs: number): Promise<void> {
    for (let passed = 0; passed < forMs && !this.#signal.aborted; passed += 2000) {
      await this.#pause(2000);
      const { samples, series, twice } = this.#stage.sink.report();
      this.#tell(
        `elected: ${(await this.#elected()) ?? '-'}   at the sink: ${samples} samples of ${series} series, ${twice} twice`,
      );
    }
  }

  /** Waits until nothing has arrived for a while. */
  async #settle(): Promise<void> {
    const until = Date.now() + SCRIPT.settleMs;
    while (Date.now() < until && Date.now() - this.#stage.lastArrivalMs() < 1500) await this.#pause(100);
  }

  #judge(run: {
    readonly elected: Replica;
    readonly standby: Replica;
    readonly second: string | undefined;
    readonly third: string | undefined;
  }): DemoResult {
    const report = this.#stage.sink.report();
    const balances = this.#stage.replicas.map((replica) => this.#stage.balance.of(replica.name));
    const seam = this.#stage.balance.seam(run.elected.name, run.standby.name, SCRIPT.failoverTimeoutMs);
    const checks: readonly (readonly [string, boolean])[] = [
      ['one replica was elected, the other took over', run.second === run.standby.name],
      ['the replica that came back stayed dropped', run.third === run.standby.name],
      ['no sample arrived twice or out of order', report.twice === 0 && report.late === 0],
      ['no acknowledged sample of the elected replica was lost', balances.every(({ lost }) => lost === 0)],
      ['no series carries the replica label', report.seriesWithReplicaLabel === 0],
      ['no scrape is missing at the failover', seam.spacingMs > 0 && seam.spacingMs <= SCRIPT.widestSeamMs],
      ['samples of both replicas arrived', balances.every(({ delivered }) => delivered > 0)],
    ];
    return {
      ok: checks.every(([, ok]) => ok),
      lines: [...table(balances, report), '', ...verdicts(checks), '', ...seamLines(seam)],
    };
  }

  #tell(line: string): void {
    this.#say(`${((Date.now() - this.#began) / 1000).toFixed(1).padStart(5)}s  ${line}`);
  }

  async #pause(ms: number): Promise<void> {
    this.#signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#signal.throwIfAborted();
  }
}

function table(
  balances: readonly ReplicaBalance[],
  report: { readonly twice: number; readonly late: number },
): string[] {
  const rows = balances.map(({ replica, acknowledged, delivered, lost }) =>
    [replica, acknowledged, delivered, lost].map((cell) => String(cell).padStart(14)).join(''),
  );
  return [
    ['replica', 'acknowledged', 'delivered', 'lost'].map((cell) => cell.padStart(14)).join(''),
    ...rows,
    `  twice: ${report.twice}, out of order: ${report.late}`,
  ];
}

function verdicts(checks: readonly (readonly [string, boolean])[]): string[] {
  return checks.map(([what, ok]) => `  ${ok ? 'yes' : 'NO '}  ${what}`);
}

function seamLines({ spacingMs, readAgain }: Seam): string[] {
  return [
    `  Scrapes are ${SCRIPT.intervalMs / 1000} s apart. At the failover the samples of a series are up to ${(spacingMs / 1000).toFixed(1)} s apart:`,
    `  ${readAgain} scrapes that the standby had sent before it was elected were read again from the log.`,
  ];
}
