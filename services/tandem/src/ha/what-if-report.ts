import { formatDuration } from '@tandem/config';
import { type ElectionSettings } from '@tandem/election';

import { type ClusterName } from './cluster-name.ts';
import { type ClusterPlace } from './cluster-place.ts';
import { type ReplayedElection, type ReplayOutcome } from './election-replay.ts';
import { type ReplayRead } from './replay-records.ts';
import { formatJson } from './report.ts';
import { type SettingsSpan } from './settings-timeline.ts';
import { formatFields, formatTable } from './table.ts';
import { formatSpan, formatTime, NOTHING, rfc3339 } from './times.ts';

/** One replay: with what, and what came of it. */
export interface Replayed {
  /** The settings of the range, the oldest first. */
  readonly spans: readonly [SettingsSpan, ...SettingsSpan[]];
  readonly outcome: ReplayOutcome;
}

/** The two replays of a range. */
export interface WhatIf {
  readonly name: ClusterName;
  readonly place: ClusterPlace;
  /** The range, log time in Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly read: ReplayRead;
  /** `null`: nobody is known to have been elected. */
  readonly electedAtStart: { readonly replica: string; readonly epoch: number; readonly pinned: boolean } | null;
  readonly configured: Replayed;
  readonly other: Replayed;
}

/** For programs; times are RFC 3339, spans seconds. */
export function whatIfJson(result: WhatIf): string {
  const { name, place, fromMs, untilMs, read, electedAtStart, configured, other } = result;
  return formatJson({
    tenant: name.tenant,
    cluster: name.cluster,
    topic: place.of,
    partition: place.partition,
    from: rfc3339(fromMs),
    until: rfc3339(untilMs),
    records: read.judged,
    first_record: rfc3339(read.firstMs),
    last_record: rfc3339(read.lastMs),
    elected_at_start: electedAtStart?.replica ?? null,
    epoch_at_start: electedAtStart?.epoch ?? null,
    pinned_at_start: electedAtStart?.pinned ?? false,
    configured: replayJson(configured),
    what_if: replayJson(other),
    difference: {
      elections: other.outcome.held - configured.outcome.held,
      flaps: other.outcome.flaps - configured.outcome.flaps,
      longest_gap_seconds: seconds(difference(configured.outcome.longestGapMs, other.outcome.longestGapMs)),
    },
  });
}

/** The settings of a replay are shown as they are at its end, and all of them in `settings`. */
function replayJson({ spans, outcome }: Replayed): unknown {
  return {
    ...settingsJson((spans.at(-1) ?? spans[0]).settings),
    settings: spans.map(({ fromOffset, settings }) => ({ from_offset: fromOffset, ...settingsJson(settings) })),
    elections: outcome.held,
    flaps: outcome.flaps,
    longest_gap_seconds: seconds(outcome.longestGapMs),
    longest_gap_from: rfc3339(outcome.longestGapFromMs),
    newest_elections: outcome.elections.map(({ timeMs, from, to, reason, detail, silenceMs, offset }) => ({
      time: rfc3339(timeMs),
      from,
      to,
      reason,
      detail,
      silence_seconds: seconds(silenceMs),
      offset,
    })),
  };
}

function settingsJson(settings: ElectionSettings): object {
  return {
    failover_timeout_seconds: settings.failoverTimeoutMs / 1000,
    failover_timeout_learned: settings.learned !== null,
    handover: settings.handover.enabled,
    failover_sample_timeout_seconds: settings.failoverSampleTimeoutMs / 1000,
  };
}

function seconds(spanMs: number | null): number | null {
  return spanMs === null ? null : spanMs / 1000;
}

function difference(configured: number | null, other: number | null): number | null {
  return configured === null || other === null ? null : other - configured;
}

/** For people. */
export function whatIfText(result: WhatIf): string {
  const { configured, other } = result;
  return [
    formatFields(fieldsOf(result)),
    formatTable(['REPLAYED', 'CONFIGURED', 'WHAT-IF', 'DIFFERENCE'], comparison(configured, other)),
    electionsText('as configured', configured.outcome, result.place.partition),
    electionsText('what if', other.outcome, result.place.partition),
  ].join('\n\n');
}

type Field = readonly [name: string, value: string];

function fieldsOf({ name, place, fromMs, untilMs, read, electedAtStart }: WhatIf): readonly Field[] {
  const { firstMs, lastMs, judged } = read;
  const { replica = 'unknown', epoch, pinned = false } = electedAtStart ?? {};
  const elected = `${replica}${epoch === undefined ? '' : ` (epoch ${epoch}${pinned ? ', pinned' : ''})`}`;
  return [
    ['cluster', name.cluster],
    ['tenant', name.tenant],
    ['range', `${formatTime(fromMs)} to ${formatTime(untilMs)} (${formatSpan(untilMs - fromMs)})`],
    [
      place.of === 'samples' ? 'records' : 'heartbeats',
      `${judged}${judged === 0 ? '' : `, ${formatTime(firstMs)} to ${formatTime(lastMs)}`}`,
    ],
    ['elected at start', elected],
  ];
}

function comparison(a: Replayed, b: Replayed): readonly (readonly string[])[] {
  const setting = (name: string, ...how: SettingText): readonly string[] => settingRow(name, [a.spans, b.spans], how);
  const count = (name: string, key: 'held' | 'flaps'): readonly string[] => [
    name,
    String(a.outcome[key]),
    String(b.outcome[key]),
    signed(b.outcome[key] - a.outcome[key], String),
  ];
  const gap = (value: number | null): string => (value === null ? NOTHING : formatSpan(value));
  return [
    setting('failover timeout', timeoutText, fixedTimeoutMs),
    setting(
      'failover sample timeout',
      ({ failoverSampleTimeoutMs }) => formatDuration(failoverSampleTimeoutMs),
      ({ failoverSampleTimeoutMs }) => failoverSampleTimeoutMs,
    ),
    setting('handover', onOrOff, () => null),
    count('elections', 'held'),
    count('flaps', 'flaps'),
    [
      'longest gap',
      gap(a.outcome.longestGapMs),
      gap(b.outcome.longestGapMs),
      signedSpan(difference(a.outcome.longestGapMs, b.outcome.longestGapMs) ?? 0),
    ],
    ['longest gap from', formatTime(a.outcome.longestGapFromMs), formatTime(b.outcome.longestGapFromMs), NOTHING],
  ];
}

/** How a setting is shown, and what differences are taken of, ms; `null`: there is none to tell. */
type SettingText = readonly [
  text: (settings: ElectionSettings) => string,
  measureMs: (settings: ElectionSettings) => number | null,
];

/** A setting in both replays; where it was changed in the range all of them: `30s → 10s`. */
function settingRow(
  name: string,
  [a, b]: readonly [Replayed['spans'], Replayed['spans']],
  [text, measureMs]: SettingText,
): readonly string[] {
  const texts = [a, b].map((spans) => {
    const all = spans.map(({ settings }) => text(settings));
    return all.filter((each, index) => each !== all[index - 1]).join(' → ');
  });
  // One is laid over the other: where it is the same difference all along there is one to tell.
  const differences = new Set(
    a.map(({ settings }, index) => difference(measureMs(settings), measureMs((b[index] ?? b[0]).settings))),
  );
  const [differenceMs = null] = differences.size === 1 ? differences : [];
  return [name, ...texts, differenceMs === null ? NOTHING : signed(differenceMs, formatSignedDuration)];
}

function timeoutText({ learned, failoverTimeoutMs }: ElectionSettings): string {
  if (learned === null) return formatDuration(failoverTimeoutMs);
  return `auto (${formatDuration(learned.leastMs)} to ${formatDuration(learned.mostMs)})`;
}

/** Where it is learned there is no difference to tell. */
function fixedTimeoutMs({ learned, failoverTimeoutMs }: ElectionSettings): number | null {
  return learned === null ? failoverTimeoutMs : null;
}

function onOrOff({ handover }: ElectionSettings): string {
  return handover.enabled ? 'on' : 'off';
}

function formatSignedDuration(durationMs: number): string {
  return durationMs < 0 ? `-${formatDuration(-durationMs)}` : formatDuration(durationMs);
}

function signedSpan(spanMs: number): string {
  return signed(spanMs, formatSpan);
}

function signed(value: number, format: (value: number) => string): string {
  if (value === 0) return NOTHING;
  return value > 0 ? `+${format(value)}` : format(value);
}

function electionsText(which: string, { elections, held }: ReplayOutcome, partition: number): string {
  if (held === 0) return `No elections, ${which}.`;
  const some = elections.length < held ? ` (the newest ${elections.length} of ${held})` : '';
  const rows = elections.map((election) => rowOf(election, partition));
  const head = ['TIME', 'FROM', 'TO', 'REASON', 'SILENCE', 'PARTITION/OFFSET'];
  return `Elections, ${which}${some}:\n\n${formatTable(head, rows)}`;
}

function rowOf(
  { timeMs, from, to, reason, detail, silenceMs, offset }: ReplayedElection,
  partition: number,
): readonly string[] {
  const silence = silenceMs === null ? NOTHING : formatSpan(silenceMs);
  return [
    formatTime(timeMs),
    from ?? NOTHING,
    to,
    detail === null ? reason : `${reason} (${detail})`,
    silence,
    `${partition}/${offset}`,
  ];
}
