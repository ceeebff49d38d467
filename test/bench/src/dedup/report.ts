import { spreadOf, type Spread } from '../measure/statistics.ts';
import { spreadText, table } from '../report/markdown.ts';
import { type DedupResult } from './result.ts';
import { type SenderId, type ThroughputRun } from './throughput.ts';

const MIB = 1_048_576;
const MEGABYTE = 1_000_000;

/** The chapter on dedup, from its result. */
export function renderDedup(result: DedupResult): string {
  return [
    '## Dedup',
    introduction(result),
    '### Samples per CPU second, and what the second replica costs',
    throughput(result),
    '`single`: one replica alone; `pair`: two, of which the other one is a standby and let nowhere. Samples are those that go on, once each. ' +
      '`pair ÷ single` is CPU over CPU in the same round.',
    '### What it is spent on',
    costs(result),
    'Each step measured by itself on the same bodies in the same run, CPU seconds per million samples; `the rest` is what the whole takes beyond them: ' +
      'reading the log, headers, elections, writing the log.',
    '### Memory',
    memory(result),
    'Growth of the anonymous memory of the process from having nothing to do to knowing so many series, for a million of them; `the table` is what ' +
      'holds the newest sample of each series.',
    '### Failover',
    catchUp(result),
    'All clusters fail over at once. From the record that elects the other replica to the commit of the last seam that was read again: two minutes of ' +
      'what was let through before, and the other replica’s records of those and of the seam.',
  ].join('\n\n');
}

function introduction({ settings, recording }: DedupResult): string {
  return [
    `\`tandem dedup\` on an embedded log that was filled before. The bodies are those that a Prometheus ${recording.prometheus} sent: ${recording.scrapes} scrapes of`,
    `${recording.series} series, repeated at later times (15 s between scrapes) as of 16 clusters. Rounds: ${settings.rounds}; each goes through at least ${settings.samplesPerRun / 1e6} million`,
    'samples of each replica. CPU is that of the process on one core, after a lead-in of 30 %, until the log is at its end, less what it uses with nothing',
    'to do. All samples of one replica came out, or there would be no result. Figures are `median [min–max]` of the rounds.',
  ].join('\n');
}

function title(workload: string): string {
  return workload.replace('/', ', requests of ') + ' samples';
}

function throughput(result: DedupResult): string {
  const rows = result.bodies.flatMap(({ workload }) => {
    const runs = result.throughput.filter((run) => run.workload === workload);
    const ratio = ratioOf(runs);
    if (ratio === undefined) return [];
    const cells = (['single', 'pair'] as const).map((senders) => spreadText(rateOf(runs, senders), 2));
    return [[title(workload), ...cells, spreadText(ratio, 3)]];
  });
  return table(['remote write', 'single, M/s', 'pair, M/s', 'pair ÷ single'], rows);
}

type Round = ThroughputRun & { readonly round: number };

/** CPU seconds per million samples that went on. */
function cost({ cpuSeconds, samples }: ThroughputRun): number {
  return (cpuSeconds * 1e6) / samples;
}

function rateOf(runs: readonly Round[], senders: SenderId): Spread {
  return spreadOf(runs.filter((run) => run.senders === senders).map((run) => 1 / cost(run)));
}

function ratioOf(runs: readonly Round[]): Spread | undefined {
  const ratios = runs.flatMap((pair) => {
    if (pair.senders !== 'pair') return [];
    return runs
      .filter(({ senders, round }) => senders === 'single' && round === pair.round)
      .map((single) => cost(pair) / cost(single));
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}

function costs(result: DedupResult): string {
  const rows = result.bodies.flatMap((body) => {
    const runs = result.throughput.filter(
      ({ workload, senders }) => workload === body.workload && senders === 'single',
    );
    if (runs.length === 0) return [];
    const whole = spreadOf(runs.map(cost)).median;
    const snappy = body.inflate + body.deflate;
    return [
      [
        title(body.workload),
        whole.toFixed(3),
        body.inflate.toFixed(3),
        body.rewrite.toFixed(3),
        body.deflate.toFixed(3),
        (whole - snappy - body.rewrite).toFixed(3),
        `${((100 * snappy) / whole).toFixed(0)} %`,
        body.rawBytesPerSample.toFixed(0),
        body.snappyBytesPerSample.toFixed(1),
      ],
    ];
  });
  const head = ['CPU s/M, one replica', 'whole', 'inflate', 'rewrite', 'deflate', 'the rest', 'snappy’s share'];
  return table([...head, 'bytes a sample', 'with snappy'], rows);
}

function memory({ memory: runs }: DedupResult): string {
  const rows = runs.map(({ workload, series, idleBytes, loadedBytes, tableBytes }) => {
    const perMillion = (bytes: number): string => ((bytes / MEGABYTE) * (1e6 / series)).toFixed(0);
    const growth = loadedBytes - idleBytes;
    return [
      title(workload),
      String(series),
      (idleBytes / MIB).toFixed(0),
      perMillion(growth - tableBytes),
      perMillion(tableBytes),
      perMillion(growth),
    ];
  });
  return table(
    ['remote write', 'series', 'idle, MiB', 'without the table, MB/M', 'the table, MB/M', 'in all, MB/M'],
    rows,
  );
}

function catchUp({ catchUp: runs }: DedupResult): string {
  const rows = runs.map(({ workload, series, seamSeconds, wallSeconds, cpuSeconds, caughtUp }) => [
    title(workload),
    String(series),
    String(seamSeconds),
    String(caughtUp),
    wallSeconds.toFixed(2),
    cpuSeconds.toFixed(2),
  ]);
  return table(['remote write', 'series', 'seam, s', 'samples filled in', 'time, s', 'CPU, s'], rows);
}
