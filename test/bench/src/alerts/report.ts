import { spreadOf, type Spread } from '../measure/statistics.ts';
import { spreadText, table } from '../report/markdown.ts';
import { type AlertsResult } from './result.ts';
import { type AlertsRun } from './run.ts';

const MIB = 1_048_576;

interface Row {
  readonly title: string;
  readonly value: (run: AlertsRun) => number;
  readonly digits: number;
}

const ROWS: readonly Row[] = [
  { title: 'CPU s a minute', value: (run) => run.cpuSecondsPerMinute, digits: 2 },
  { title: 'peak MiB', value: (run) => run.peakMemoryBytes / MIB, digits: 0 },
  { title: 'POST alerts, p50 ms', value: (run) => run.post.p50, digits: 1 },
  { title: 'POST alerts, p99 ms', value: (run) => run.post.p99, digits: 1 },
  { title: 'GET a group, p99 ms', value: (run) => run.getFiltered.p99, digits: 1 },
  { title: 'GET all, longest ms', value: (run) => run.getAll.max, digits: 0 },
  { title: 'GET silences, p99 ms', value: (run) => run.getSilences.p99, digits: 1 },
  { title: 'delay to the webhook, p50 ms', value: (run) => run.delayMs.p50, digits: 0 },
  { title: 'delay to the webhook, p99 ms', value: (run) => run.delayMs.p99, digits: 0 },
  { title: 'growth, s', value: (run) => run.growth.seconds, digits: 1 },
  { title: 'growth, CPU s', value: (run) => run.growth.cpuSeconds, digits: 1 },
  { title: 'growth, peak MiB', value: (run) => run.growth.peakMemoryBytes / MIB, digits: 0 },
];

/** The chapter on alerts, from its result. */
export function renderAlerts(result: AlertsResult): string {
  return ['## Alerts', introduction(result), figures(result), notes(result)].join('\n\n');
}

function introduction({ settings }: AlertsResult): string {
  const { shape, grown, silences, replicas, resendMs, minutes, batch } = settings;
  return [
    `${shape.alerts} alerts in ${shape.groups} groups, ${silences} silences; ${replicas} replicas post every alert once in ${resendMs / 1000} s,`,
    `${batch} a request, for ${minutes} minutes. Beside it, once a second: a new alert in a group of its own, a look at one`,
    'group and at all silences; every ten seconds a look at all alerts. CPU and peaks are of that time. The delay is from the post of a',
    `new alert until the webhook has it, without \`group_wait\`. Then one replica posts ${grown.alerts} alerts in ${grown.groups} groups as fast as`,
    `it is answered. Rounds: ${settings.rounds}; the programs run one after the other, beginning with another one each time.`,
  ].join('\n');
}

function figures(result: AlertsResult): string {
  const ids = result.subjects.map(({ id }) => id);
  const rows = ROWS.map(({ title, value, digits }) => [
    title,
    ...ids.map((id) => spreadText(spread(result, id, value), digits)),
    (spread(result, 'tandem', value).median / spread(result, 'alertmanager', value).median).toFixed(2),
  ]);
  return table(['', ...ids, 'Tandem over Alertmanager'], rows);
}

function spread(result: AlertsResult, id: string, value: Row['value']): Spread {
  return spreadOf(result.runs.filter(({ subject }) => subject === id).map(value));
}

function notes({ subjects }: AlertsResult): string {
  const what = subjects.map(
    ({ id, version, settings }) => `- ${id}, version ${version}: ${settings.map((text) => `\`${text}\``).join(', ')}`,
  );
  return [
    'Not the same work: Tandem has written every alert, silence and decision to its log before it answers; Alertmanager keeps',
    'alerts in memory, and writes silences and its notification log when it is stopped and every 15 minutes.',
    '',
    '### What ran',
    '',
    ...what,
  ].join('\n');
}
