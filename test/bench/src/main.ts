// npm run bench -- ingest|dedup|alerts [--rounds=5] [--samples=2000000] [--subjects=tandem-kafka] [--workloads=1.0/500]
import { parseArgs } from 'node:util';
import { benchAlerts } from './alerts/bench-alerts.ts';
import { benchDedup } from './dedup/bench-dedup.ts';
import { benchIngest, type Selection } from './ingest/bench-ingest.ts';
import { SUBJECTS } from './ingest/subject.ts';
import { WORKLOADS } from './ingest/workloads.ts';
import { renderBenchmarks } from './report/benchmarks-page.ts';
import { writeResult } from './report/results.ts';

const USAGE = `usage: npm run bench -- <name> [--rounds=<n>] [--samples=<n>]

  ingest   CPU, memory and latency of ingest on both logs, beside vmagent
  dedup    CPU of a pair beside one replica alone, memory and catching up of dedup; bodies of a real Prometheus
  alerts   CPU, memory, latency and delay of alerts, beside Alertmanager
  render   only write docs/benchmarks.md again from the results

  --rounds   rounds that count, after a warm-up (default 5)
  --samples  samples of one run of one program (default 2000000)
  --minutes  of re-sending in one run of alerts (default 3)

With one of these only a part is measured, and figures are printed but not kept:
  --subjects   programs, with commas between them: ${SUBJECTS.join(', ')}
  --workloads  bodies: ${WORKLOADS.map(({ id }) => id).join(', ')}
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    samples: { type: 'string', default: '2000000' },
    minutes: { type: 'string', default: '3' },
    subjects: { type: 'string' },
    workloads: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const samplesPerRun = Number(values.samples);
const minutes = Number(values.minutes);
const subjects = chosen(values.subjects, SUBJECTS);
const workloads = chosen(
  values.workloads,
  WORKLOADS.map(({ id }) => id),
);
const isPart = values.subjects !== undefined || values.workloads !== undefined;
const [name] = positionals;

if (
  positionals.length !== 1 ||
  !isPositive(rounds) ||
  !isPositive(samplesPerRun) ||
  !isPositive(minutes) ||
  !subjects ||
  !workloads
) {
  fail(USAGE);
} else if (name === 'ingest') {
  await ingest({ subjects, workloads });
} else if (name === 'dedup') {
  await dedup(workloads);
} else if (name === 'alerts') {
  await writeResult(await benchAlerts({ rounds, minutes, report: console.error }));
  await renderBenchmarks();
} else if (name === 'render') {
  await renderBenchmarks();
} else {
  fail(USAGE);
}

async function ingest(select: Selection): Promise<void> {
  const result = await benchIngest({ rounds, samplesPerRun, select, report: console.error });
  if (isPart) return;
  await writeResult(result);
  await renderBenchmarks();
}

async function dedup(chosenWorkloads: Selection['workloads']): Promise<void> {
  const result = await benchDedup({ rounds, samplesPerRun, workloads: chosenWorkloads, report: console.error });
  if (isPart) return;
  await writeResult(result);
  await renderBenchmarks();
}

/** The ids in a list; all where there is no list, `undefined` where it names something else. */
function chosen<Id extends string>(list: string | undefined, all: readonly Id[]): readonly Id[] | undefined {
  if (list === undefined) return all;
  const names = new Set(list.split(','));
  const ids = all.filter((id) => names.has(id));
  return ids.length === names.size ? ids : undefined;
}

function isPositive(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function fail(message: string): void {
  process.stderr.write(message);
  process.exitCode = 2;
}
