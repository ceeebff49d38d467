import { silenceState, type Matcher, type Silence, type SilenceState } from '@tandem/alerting';

import { listed, message } from '../http/answers.ts';
import { flagOf, matchersOf } from '../http/parameters.ts';
import { inSlices } from '../http/slices.ts';
import { JsonList } from '../json/json-list.ts';
import { type Operation } from '../operation.ts';
import { renderSilence } from './silence-view.ts';

/** `GET /silences` */
export const getSilences: Operation = async ({ query }, { backend, matcherMode }) => {
  const matchers = matchersOf(query, 'filter', matcherMode);
  if (!matchers.ok) return message(400, matchers.error);
  const states = (['active', 'pending', 'expired'] as const).filter((state) => flagOf(query, state));
  const nowMs = backend.now();
  const shown: Record<SilenceState, Silence[]> = { active: [], pending: [], expired: [] };
  await inSlices([...backend.silences()], (silence) => {
    if (hasMatchers(silence, matchers.value)) shown[silenceState(silence, nowMs)].push(silence);
  });
  const list = new JsonList();
  for (const silence of states.flatMap((state) => inOrder(state, shown[state]))) {
    const json = renderSilence(silence, nowMs);
    if (!json.ok) return message(500, json.error);
    list.add(json.value);
  }
  return listed(list);
};

/** A silence is asked for by its own matchers, not by what they match. */
function hasMatchers({ matcherSets }: Silence, wanted: readonly Matcher[]): boolean {
  return wanted.every((one) =>
    matcherSets.some((matchers) =>
      matchers.some(({ type, name, value }) => type === one.type && name === one.name && value === one.value),
    ),
  );
}

/** What ends, or begins, next comes first; of what is over the latest. */
function inOrder(state: SilenceState, silences: readonly Silence[]): readonly Silence[] {
  const rank: (silence: Silence) => number = {
    active: ({ endsAtMs }: Silence) => endsAtMs,
    pending: ({ startsAtMs }: Silence) => startsAtMs,
    expired: ({ endsAtMs }: Silence) => -endsAtMs,
  }[state];
  return silences.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}
