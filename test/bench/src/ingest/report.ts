import { spreadText, table } from '../report/markdown.ts';
import { figuresOf, ratioOf } from './figures.ts';
import { type IngestResult } from './result.ts';
import { type SubjectDescription } from './subject.ts';

const MIB = 1_048_576;
/** What Tandem runs on in production, which others are compared with. */
const OURS = 'tandem-kafka';

/** The chapter on ingest, from its result. */
export function renderIngest(result: IngestResult): string {
  return [
    '## Ingest',
    introduction(result),
    '### CPU against vmagent',
    'CPU of vmagent over CPU of `tandem ingest` on Kafka, in the same round; above 1, Tandem needs less.',
    ratios(result),
    '### Figures',
    ...result.bodies.flatMap(({ workload }) => [
      `**Remote write ${workloadTitle(workload)}**`,
      figures(result, workload),
    ]),
    '`CPU s/M` is user and system time of all threads for a million samples; `behind` is that of the broker, on cores of its choice. ' +
      '`M/s` is what one core took with the load generator never waiting. Peaks of memory are of each run alone.',
    '### Bodies',
    bodies(result),
    '### What ran',
    peers(result),
  ].join('\n\n');
}

function introduction({ settings }: IngestResult): string {
  return [
    `Rounds: ${settings.rounds} after a warm-up; each sends ${millions(settings.samplesPerRun)} million samples of each kind of body`,
    `to each program in turn, beginning with another one each time; each kind of body has processes of its own. ${settings.connections} connections, each with one request`,
    'under way. Figures are `median [min–max]` of the rounds.',
  ].join('\n');
}

function millions(samples: number): string {
  return String(samples / 1e6);
}

function workloadTitle(workload: string): string {
  return workload.replace('/', ', requests of ') + ' samples';
}

function ratios(result: IngestResult): string {
  const peers = result.subjects.filter(({ id }) => id.startsWith('vmagent'));
  const rows = result.bodies.flatMap(({ workload }) =>
    peers.flatMap(({ id, title }) => {
      const alone = ratioOf(result, { peer: id, subject: OURS, workload, withBehind: false });
      const together = ratioOf(result, { peer: id, subject: OURS, workload, withBehind: true });
      if (alone === undefined || together === undefined) return [];
      return [[`${workloadTitle(workload)}: ${title}`, spreadText(alone, 2), spreadText(together, 2)]];
    }),
  );
  return table(['remote write', 'ingest alone', 'ingest and broker'], rows);
}

function figures(result: IngestResult, workload: string): string {
  const rows = result.subjects.flatMap(({ id, title }) => {
    const found = figuresOf(result, id, workload);
    if (found === undefined) return [];
    return [
      [
        title,
        spreadText(found.cpu, 3),
        found.behindCpu === undefined ? '' : spreadText(found.behindCpu, 3),
        spreadText(found.rate, 2),
        found.p50Ms.median.toFixed(1),
        found.p99Ms.median.toFixed(1),
        (found.peakMemoryBytes.median / MIB).toFixed(0),
      ],
    ];
  });
  return table(['', 'CPU s/M', 'behind', 'M/s', 'p50 ms', 'p99 ms', 'peak MiB'], rows);
}

function bodies(result: IngestResult): string {
  const rows = result.bodies.map((body) => [
    workloadTitle(body.workload),
    String(body.count),
    body.labelsPerSeries.toFixed(2),
    body.rawBytesPerSample.toFixed(0),
    body.snappyBytesPerSample.toFixed(1),
  ]);
  return table(['remote write', 'bodies', 'labels a series', 'bytes a sample', 'with snappy'], rows);
}

function peers({ subjects, broker, settings }: IngestResult): string {
  const behind = [...new Set(subjects.flatMap((subject) => (subject.behind === undefined ? [] : [subject.behind])))];
  return [
    ...subjects.map((subject) => `- ${nameOf(subject)}: ${subject.settings.map((text) => `\`${text}\``).join(', ')}`),
    ...behind.map(
      (name) =>
        `- ${name}: one broker, one copy of each partition; ${broker.jvm.map((flag) => `\`${flag}\``).join(' ')}`,
    ),
    `- bodies: seed ${settings.seed}, first scrape at ${new Date(settings.startMs).toISOString()}`,
  ].join('\n');
}

function nameOf({ title, version }: SubjectDescription): string {
  return `${title}, version ${version}`;
}
