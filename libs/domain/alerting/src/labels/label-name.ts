/**
 * Which syntax of matchers and label names holds: `default` reads both and prefers what the classic one says,
 * `classic` (`--enable-feature=classic-mode`) and `utf8-strict` (`utf8-strict-mode`) read one alone.
 */
export type MatcherMode = 'default' | 'classic' | 'utf8-strict';

const CLASSIC = /^[A-Za-z_]\w*$/;

/** Whether a name is one of before UTF-8: what `match`, `match_re` and `…_match(_re)` take in every mode. */
export function isClassicLabelName(name: string): boolean {
  return CLASSIC.test(name);
}

/** Whether a label may have the name: any text that is not empty, in classic mode a classic one. */
export function isLabelName(name: string, mode: MatcherMode): boolean {
  return mode === 'classic' ? isClassicLabelName(name) : name !== '' && !/\p{Cs}/u.test(name);
}
