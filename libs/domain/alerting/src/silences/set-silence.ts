import { isLabelName, type MatcherMode } from '../labels/label-name.ts';
import { quote } from '../labels/quote.ts';
import { compilePattern, createMatcher, formatMatcher, type Matcher, type MatchType } from '../matchers/matcher.ts';
import { failure, success, type Outcome } from '../outcome.ts';
import { silenceState, type Silence } from './silence.ts';

/** A condition as it is asked for: its regular expression may be none. */
export interface WantedMatcher {
  readonly type: MatchType;
  readonly name: string;
  readonly value: string;
}

/** A silence as it is asked for. */
export interface WantedSilence extends Omit<Silence, 'id' | 'matcherSets' | 'updatedAtMs' | 'startsAtMs'> {
  readonly matcherSets: readonly (readonly WantedMatcher[])[];
  /** Absent: from now on. */
  readonly startsAtMs?: number | undefined;
}

/** What is to be written for a silence that was asked for. */
export interface SilenceChange {
  /** The silence as it is from now on. */
  readonly silence: Silence;
  /** The one it takes the place of, ended. */
  readonly expired?: Silence;
}

/** Checks what was asked for (SPEC.md, Z1). The error is upstream's, without `invalid silence: `. */
export function checkSilence(wanted: WantedSilence, mode: MatcherMode): Outcome<readonly (readonly Matcher[])[]> {
  if (wanted.matcherSets.length === 0) return failure('at least one matcher set required');
  const sets: Matcher[][] = [];
  for (const [set, matchers] of wanted.matcherSets.entries()) {
    const made = matchersOfSet(matchers, set, mode);
    if (!made.ok) return made;
    sets.push([...made.value]);
  }
  if (wanted.startsAtMs !== undefined && wanted.endsAtMs < wanted.startsAtMs) {
    return failure('end time must not be before start time');
  }
  return success(sets);
}

function matchersOfSet(wanted: readonly WantedMatcher[], set: number, mode: MatcherMode): Outcome<readonly Matcher[]> {
  if (wanted.length === 0) return failure(`matcher set ${set}: at least one matcher required`);
  const made: Matcher[] = [];
  for (const [index, { type, name, value }] of wanted.entries()) {
    const problem = conditionProblem({ type, name, value }, mode);
    const matcher = problem === undefined ? createMatcher(type, name, value) : failure(problem);
    if (!matcher.ok) return failure(`invalid label matcher ${index} in set ${set}: ${matcher.error}`);
    made.push(matcher.value);
  }
  if (made.some((matcher) => !matcher.matches(''))) return success(made);
  return failure(`matcher set ${set}: at least one matcher must not match the empty string`);
}

function conditionProblem({ type, name, value }: WantedMatcher, mode: MatcherMode): string | undefined {
  if (!isLabelName(name, mode)) return `invalid label name ${quote(name)}`;
  const compiled = type === '=' || type === '!=' ? undefined : compilePattern(value);
  return compiled?.ok === false ? `invalid regular expression ${quote(value)}: ${compiled.error}` : undefined;
}

/**
 * What comes of a silence that was asked for (SPEC.md, Z2): the known one is changed in place where that changes nothing of
 * what it has done so far; otherwise it ends, and another one begins.
 *
 * @param known the silence that is to be changed, if one is
 * @param newId id of another one, should it be needed
 */
export function setSilence(
  known: Silence | undefined,
  wanted: Omit<Silence, 'id' | 'updatedAtMs'>,
  nowMs: number,
  newId: string,
): SilenceChange {
  if (known !== undefined && canChange(known, wanted, nowMs)) {
    return { silence: { ...wanted, id: known.id, updatedAtMs: nowMs } };
  }
  const startsAtMs = Math.max(wanted.startsAtMs, nowMs);
  const silence: Silence = { ...wanted, id: newId, startsAtMs, updatedAtMs: nowMs };
  const expired = known === undefined ? undefined : expireSilence(known, nowMs);
  return expired === undefined ? { silence } : { silence, expired };
}

function canChange(
  known: Silence,
  wanted: Pick<Silence, 'matcherSets' | 'startsAtMs' | 'endsAtMs'>,
  nowMs: number,
): boolean {
  if (!sameMatchers(known.matcherSets, wanted.matcherSets)) return false;
  const state = silenceState(known, nowMs);
  if (state === 'pending') return wanted.startsAtMs >= nowMs;
  return state === 'active' && seconds(wanted.startsAtMs) === seconds(known.startsAtMs) && wanted.endsAtMs >= nowMs;
}

function seconds(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}

function sameMatchers(one: Silence['matcherSets'], other: Silence['matcherSets']): boolean {
  const written = (sets: Silence['matcherSets']): string => JSON.stringify(sets.map((set) => set.map(formatMatcher)));
  return written(one) === written(other);
}

/** A silence ended now; `undefined` where it is over already. */
export function expireSilence(silence: Silence, nowMs: number): Silence | undefined {
  const state = silenceState(silence, nowMs);
  if (state === 'expired') return undefined;
  const startsAtMs = state === 'pending' ? nowMs : silence.startsAtMs;
  return { ...silence, startsAtMs, endsAtMs: nowMs, updatedAtMs: nowMs };
}
