import { isResolved, type Alert } from '../alerts/alert.ts';
import { type LabelSet } from '../labels/label-set.ts';
import { matchesAll, type Matcher } from '../matchers/matcher.ts';

/** Alerts of the source side keep those of the target side back, where the equal labels have the same values. */
export interface InhibitRule {
  /** For metrics and explanations; "" where it has none. */
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

/** What keeps an alert back. */
export interface InhibitedBy {
  /** Fingerprint of the source. */
  readonly source: string;
  readonly rule: InhibitRule;
}

/** Which alerts keep which others back, by the rules of a configuration (SPEC.md, H1 to H4). */
export class Inhibitor {
  readonly #rules: readonly RuleSources[];

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map((rule) => new RuleSources(rule));
  }

  /** Takes an alert as it is now. */
  put(fingerprint: string, alert: Alert): void {
    for (const rule of this.#rules) rule.put(fingerprint, alert);
  }

  /** Forgets an alert. */
  delete(fingerprint: string, labels: LabelSet): void {
    for (const rule of this.#rules) rule.delete(fingerprint, labels);
  }

  /** What keeps an alert back now, by the first rule that does. */
  inhibitedBy(labels: LabelSet, nowMs: number): InhibitedBy | undefined {
    for (const rule of this.#rules) {
      const source = rule.inhibits(labels, nowMs);
      if (source !== undefined) return { source, rule: rule.rule };
    }
    return undefined;
  }
}

/** Sources of a rule with the same values of its equal labels, by fingerprint. */
interface Sources {
  /** Those that are on the source side alone. */
  readonly single: Map<string, Alert>;
  /** Those that are on both sides. */
  readonly both: Map<string, Alert>;
}

/** The sources of one rule, by the values of its equal labels: all of them, so that one that ends uncovers another. */
class RuleSources {
  readonly rule: InhibitRule;
  readonly #byValues = new Map<string, Sources>();

  constructor(rule: InhibitRule) {
    this.rule = rule;
  }

  put(fingerprint: string, alert: Alert): void {
    if (!matchesAll(this.rule.source, alert.labels)) return;
    const values = this.#values(alert.labels);
    const sources = this.#byValues.get(values) ?? { single: new Map<string, Alert>(), both: new Map<string, Alert>() };
    const side = matchesAll(this.rule.target, alert.labels) ? sources.both : sources.single;
    side.set(fingerprint, alert);
    this.#byValues.set(values, sources);
  }

  delete(fingerprint: string, labels: LabelSet): void {
    const values = this.#values(labels);
    const { single, both } = this.#byValues.get(values) ?? {};
    if (single === undefined || both === undefined) return;
    single.delete(fingerprint);
    both.delete(fingerprint);
    if (single.size + both.size === 0) this.#byValues.delete(values);
  }

  inhibits(labels: LabelSet, nowMs: number): string | undefined {
    if (!matchesAll(this.rule.target, labels)) return undefined;
    const sources = this.#byValues.get(this.#values(labels));
    if (sources === undefined) return undefined;
    // Two alerts that are both on both sides would keep each other back, and nobody would be told.
    const isSource = matchesAll(this.rule.source, labels);
    return firing(sources.single, nowMs) ?? (isSource ? undefined : firing(sources.both, nowMs));
  }

  #values(labels: LabelSet): string {
    return JSON.stringify(this.rule.equal.map((name) => labels.get(name) ?? ''));
  }
}

/** The first that fires. */
function firing(sources: ReadonlyMap<string, Alert>, nowMs: number): string | undefined {
  for (const [fingerprint, source] of sources) if (!isResolved(source, nowMs)) return fingerprint;
  return undefined;
}
