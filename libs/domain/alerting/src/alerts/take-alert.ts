import { isLabelName, type MatcherMode } from '../labels/label-name.ts';
import { sortedNames, type LabelSet } from '../labels/label-set.ts';
import { quote } from '../labels/quote.ts';
import { failure, success, type Outcome } from '../outcome.ts';
import { type Alert } from './alert.ts';

/** An alert as it was posted: what is not set is absent. Times are Unix ms. */
export interface PostedAlert {
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs?: number | undefined;
  readonly generatorUrl: string;
}

/** How posted alerts are taken. */
export interface IntakeSettings {
  /** `global.resolve_timeout`: how long an alert without an end lasts. */
  readonly resolveTimeoutMs: number;
  readonly mode: MatcherMode;
  /** Labels left out, so that replicas whose alerts carry their names send the same alert. */
  readonly dropLabels: ReadonlySet<string>;
}

/** An alert taken from what was posted (SPEC.md, A1 to A4). The error is upstream's, word by word. */
export function takeAlert(posted: PostedAlert, nowMs: number, settings: IntakeSettings): Outcome<Alert> {
  const alert: Alert = {
    labels: withoutEmpty(posted.labels, settings.dropLabels),
    annotations: posted.annotations,
    startsAtMs: posted.startsAtMs ?? posted.endsAtMs ?? nowMs,
    endsAtMs: posted.endsAtMs ?? nowMs + settings.resolveTimeoutMs,
    updatedAtMs: nowMs,
    timeout: posted.endsAtMs === undefined,
    generatorUrl: posted.generatorUrl,
  };
  const problem = problemOf(alert, settings.mode);
  return problem === undefined ? success(alert) : failure(problem);
}

function withoutEmpty(labels: LabelSet, dropped: ReadonlySet<string>): LabelSet {
  return new Map([...labels].filter(([name, value]) => value !== '' && !dropped.has(name)));
}

function problemOf({ labels, annotations, startsAtMs, endsAtMs }: Alert, mode: MatcherMode): string | undefined {
  if (endsAtMs < startsAtMs) return 'start time must be before end time';
  if (labels.size === 0) return 'at least one label pair required';
  const invalidLabel = invalidPair(labels, mode);
  if (invalidLabel !== undefined) return `invalid label set: ${invalidLabel}`;
  const invalidAnnotation = invalidPair(annotations, mode);
  return invalidAnnotation === undefined ? undefined : `invalid annotations: ${invalidAnnotation}`;
}

function invalidPair(pairs: LabelSet, mode: MatcherMode): string | undefined {
  for (const name of sortedNames(pairs)) {
    if (!isLabelName(name, mode)) return `invalid name ${quote(name)}`;
    const value = pairs.get(name) ?? '';
    if (/\p{Cs}/u.test(value)) return `invalid value ${quote(value)}`;
  }
  return undefined;
}
