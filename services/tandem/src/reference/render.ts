import {
  CLUSTER_METRICS,
  CONFIGURATION_METRICS,
  DISPATCHER_METRICS,
  HTTP_METRICS,
  IMPORT_METRICS,
  INTAKE_METRICS,
  NFLOG_METRICS,
  NOTIFICATION_METRICS,
  SILENCE_METRICS,
} from '@tandem/alerts';
import { configKeys } from '@tandem/config';
import { DEDUP_METRICS } from '@tandem/dedup';
import { ERROR_CATALOGUE } from '@tandem/errors';
import { FORWARD_METRICS } from '@tandem/forward';
import { INGEST_METRICS } from '@tandem/ingest';
import { RELOAD_METRICS } from '@tandem/lifecycle';
import { SERVER_METRICS } from '@tandem/server';
import { topicSettings } from '@tandem/stream';
import { BUILD_METRICS, type MetricDefinitions } from '@tandem/telemetry';
import { formatDuration, formatSize } from '@tandem/config';
import { type Command } from 'commander';

import { ALERT_FLAGS } from '../alerts/flags/alert-flags.ts';
import { type Flag } from '../alerts/flags/flag.ts';
import { tandemSchema } from '../config/schema.ts';
import { createProgram } from '../program.ts';
import { HTTP_ROUTES } from './http.ts';
import { code, page, table, type Page } from './markdown.ts';
import { TOPIC_NOTES } from './topic-notes.ts';

/** The pages of `docs/reference`, made from what the code itself goes by. */
export function renderReference(): readonly Page[] {
  return [configPage(), metricsPage(), errorsPage(), httpPage(), cliPage(), topicsPage()];
}

function configPage(): Page {
  const rows = configKeys(tandemSchema).map((key) => [
    code(key.path),
    key.type,
    key.required ? 'required' : code(key.default),
    key.description,
    key.flag === undefined ? 'file only' : `${code(key.flag)} ${code(key.env)}`,
  ]);
  return page('config', 'Configuration', [
    'One file (`--config.file`, or `tandem.yaml` where the command is run, if it is there). Flags win over environment\n' +
      'variables, those over the file, that over the defaults. Lists are comma-separated in flags and variables.\n' +
      '`${NAME}` in a value of the file is replaced by the environment variable. Unknown keys are refused.\n',
    table(['key', 'type', 'default', 'what it does', 'flag and variable'], rows),
  ]);
}

function metricsPage(): Page {
  const sections: readonly (readonly [string, ...MetricDefinitions[]])[] = [
    ['ingest', INGEST_METRICS],
    ['dedup', DEDUP_METRICS],
    ['forward', FORWARD_METRICS],
    [
      'alerts',
      INTAKE_METRICS,
      SILENCE_METRICS,
      CLUSTER_METRICS,
      DISPATCHER_METRICS,
      CONFIGURATION_METRICS,
      NOTIFICATION_METRICS,
      NFLOG_METRICS,
      IMPORT_METRICS,
      HTTP_METRICS,
    ],
    ['every process', SERVER_METRICS, RELOAD_METRICS, BUILD_METRICS],
  ];
  return page(
    'metrics',
    'Metrics',
    sections.map(([title, ...definitions]) => {
      const rows = definitions
        .flatMap((some) => Object.values(some))
        .map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(' '), help]);
      return `## ${title}\n\n${table(['metric', 'type', 'labels', 'what it tells'], rows)}`;
    }),
  );
}

function errorsPage(): Page {
  const rows = Object.entries(ERROR_CATALOGUE)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => [code(name), entry.category, entry.retryable ? 'yes' : 'no', entry.meaning, entry.remedy]);
  return page('errors', 'Errors', [table(['code', 'category', 'retryable', 'what it means', 'what to do'], rows)]);
}

function httpPage(): Page {
  const rows = HTTP_ROUTES.map(({ method, path, by, answer }) => [code(`${method} ${path}`), by, answer]);
  return page('http', 'HTTP', [table(['request', 'answered by', 'answer'], rows)]);
}

function cliPage(): Page {
  const rows = [
    ...leaves(
      createProgram(() => undefined),
      '',
    ),
  ].map(({ path, command }) => [
    code(path),
    command.description(),
    command.options.map((option) => code(option.flags)).join(', '),
  ]);
  return page('cli', 'Command line', [
    'Commands that take the configuration take every key as a flag as well (`tandem up --help` lists them).\n' +
      'Exit codes: 0 as asked, 1 failed, 2 the configuration or the command line is wrong, 3 stopped but not in time.\n',
    table(['command', 'what it does', 'flags of its own'], rows),
    '## tandem alerts\n\n' +
      'Takes the flags of Alertmanager 0.34, read as Alertmanager reads them, and exits as it does: 0 when it was stopped, 1\n' +
      'otherwise. Every key of the configuration is a flag too, behind `--tandem.`: `--tandem.stream.driver=kafka`.\n',
    table(['flag', 'default', 'what it does', 'without effect'], Object.entries(ALERT_FLAGS).map(alertFlagRow)),
  ]);
}

function alertFlagRow([name, flag]: readonly [string, Flag<unknown>]): readonly string[] {
  const written = flag.kind === 'switch' ? `--[no-]${name}` : `--${name}${flag.kind === 'list' ? ' …' : ''}`;
  return [code(written), code(flag.fallback), flag.help, flag.ignored === undefined ? '' : `accepted: ${flag.ignored}`];
}

function* leaves(command: Command, above: string): Generator<{ readonly path: string; readonly command: Command }> {
  const path = `${above} ${command.name()}`.trim();
  if (command.commands.length === 0) yield { path, command };
  for (const child of command.commands) yield* leaves(child, path);
}

function topicsPage(): Page {
  const settings = topicSettings({ prefix: '', partitions: 1 });
  const rows = settings.map(({ name, policy, retentionMs, maxRecordBytes }) => [
    code(name),
    TOPIC_NOTES[name as keyof typeof TOPIC_NOTES].key,
    TOPIC_NOTES[name as keyof typeof TOPIC_NOTES].value,
    policy,
    retentionMs === undefined ? '' : formatDuration(retentionMs),
    formatSize(maxRecordBytes),
  ]);
  return page('topics', 'Topics', [
    'Names are behind `stream.kafka.topic_prefix` (`tandem.`). The log’s append time is the time of every record.\n',
    table(['topic', 'key', 'value', 'policy', 'kept', 'largest record'], rows),
  ]);
}
