import { createMatcher, type Matcher, type MatchType, type Silence } from '@tandem/alerting';

import { Unreadable, type Message } from './message.ts';
import { mapOf, readSnapshot, timeOf, type SnapshotOutcome } from './snapshot.ts';

/** Operators by their numbers in `silencepb.Matcher.Type`. */
const TYPES: readonly MatchType[] = ['=', '=~', '!=', '!~'];

/** Reads `silences` of Alertmanager's `--storage.path`: `silencepb.MeshSilence`, of versions from 0.15 to 0.34. */
export function readSilencesSnapshot(bytes: Uint8Array): SnapshotOutcome<Silence> {
  return readSnapshot(bytes, readMeshSilence);
}

function readMeshSilence(mesh: Message): Silence {
  const silence = mesh.message(1);
  if (silence === undefined) throw new Unreadable('it has no silence');
  const id = silence.text(1);
  if (id === '') throw new Unreadable('its silence has no id');
  // Of before 0.12: several comments, each with its author.
  const commented = silence.messages(7)[0];
  return {
    id,
    matcherSets: matcherSetsOf(silence),
    startsAtMs: timeOf(silence.message(3)),
    endsAtMs: timeOf(silence.message(4)),
    updatedAtMs: timeOf(silence.message(5)),
    createdBy: commented?.text(1) ?? silence.text(8),
    comment: commented?.text(2) ?? silence.text(9),
    annotations: mapOf(silence.messages(10), (entry) => entry.text(2)),
  };
}

/** Several sets since 0.33; the first of them stands where the only one stood before. */
function matcherSetsOf(silence: Message): Silence['matcherSets'] {
  const sets = silence.messages(11).map((set) => set.messages(1).map(readMatcher));
  const only = silence.messages(2).map(readMatcher);
  const all = sets.length > 0 ? sets : [only];
  if (all.some((matchers) => matchers.length === 0)) throw new Unreadable('its silence has no matchers');
  return all;
}

function readMatcher(message: Message): Matcher {
  const type = TYPES[Number(message.uint(1))];
  if (type === undefined) throw new Unreadable('its silence has a matcher of an unknown type');
  const matcher = createMatcher(type, message.text(2), message.text(3));
  if (!matcher.ok) throw new Unreadable(`its silence has a matcher that is none: ${matcher.error}`);
  return matcher.value;
}
