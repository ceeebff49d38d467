import { type ElectedState } from './cluster-state.ts';
import { cadenceOf } from './replica-health.ts';
import { type ElectionSettings } from './settings.ts';

/** A replica may be silent for so many of its longest usual gaps. */
const GAPS = 2;

/**
 * How long the elected replica may be silent before another one is elected, ms: as it was chosen, or, where it is to be
 * learned, twice the longest usual gap between its records, within the bounds; as chosen until enough was seen.
 */
export function failoverTimeoutMs(
  { replicas, replica: elected }: Pick<ElectedState, 'replica' | 'replicas'>,
  { failoverTimeoutMs: chosenMs, learned }: ElectionSettings,
): number {
  if (learned === null) return chosenMs;
  const sight = replicas.find(({ replica }) => replica === elected);
  const cadenceMs = sight === undefined ? undefined : cadenceOf(sight.health);
  const wantedMs = cadenceMs === undefined ? chosenMs : GAPS * cadenceMs;
  return Math.min(Math.max(wantedMs, learned.leastMs), learned.mostMs);
}

/** Of a pause in which no replica of a cluster was heard, no more than this counts as silence of the elected one, ms. */
export function longestPauseMs(state: Pick<ElectedState, 'replica' | 'replicas'>, settings: ElectionSettings): number {
  return Math.floor(failoverTimeoutMs(state, settings) / 2);
}
