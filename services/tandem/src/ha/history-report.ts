import { electionJson } from './election-json.ts';
import { ELECTION_HEAD, electionRow } from './election-table.ts';
import { formatJson } from './report.ts';
import { type HistoryEvent, type SettingsEvent } from './settings-events.ts';
import { changeInWords } from './settings-in-words.ts';
import { formatTable } from './table.ts';
import { formatTimeAndAge, NOTHING, rfc3339 } from './times.ts';

/** What happened in a cluster, for programs: elections and settings, told by `kind`. */
export function historyJson(events: readonly HistoryEvent[]): string {
  return formatJson(
    events.map((event) =>
      event.kind === 'election' ? { kind: event.kind, ...electionJson(event.election) } : settingsJson(event),
    ),
  );
}

function settingsJson({ kind, notedMs, fromOffset, ...event }: SettingsEvent): unknown {
  const { instance, outcome, changes, problem, partition } = event;
  return { kind, time: rfc3339(notedMs), instance, outcome, changes, problem, partition, from_offset: fromOffset };
}

/** The same for people, a line each; `nowMs` is for ages. */
export function historyText(events: readonly HistoryEvent[], nowMs: number): string {
  const rows = events.map((event) =>
    event.kind === 'election' ? electionRow(event.election, nowMs) : settingsRow(event, nowMs),
  );
  return formatTable(ELECTION_HEAD, rows);
}

/** In the columns of elections; what there is to say of settings stands under the reason. */
function settingsRow(event: SettingsEvent, nowMs: number): readonly string[] {
  const { notedMs, partition, fromOffset } = event;
  const place = fromOffset === null ? NOTHING : `${partition}/${fromOffset}`;
  const row = [NOTHING, formatTimeAndAge(notedMs, nowMs), NOTHING, settingsText(event)];
  return [...row, NOTHING, NOTHING, NOTHING, NOTHING, place];
}

function settingsText({ instance, outcome, changes, problem }: SettingsEvent): string {
  return `settings of ${instance} ${outcome}: ${problem ?? changesText(outcome, changes)}`;
}

function changesText(outcome: string, changes: SettingsEvent['changes']): string {
  if (changes.length === 0) return 'nothing changes for this cluster';
  // All of them in a line of a table would say little; programs are given them.
  const isAll = changes.every(({ from }) => from === null);
  if (isAll) return outcome === 'first' ? 'the partition began with these' : 'those in force before are not known';
  return changes.map(changeInWords).join(', ');
}
