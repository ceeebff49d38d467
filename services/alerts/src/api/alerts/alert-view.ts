import { fingerprint, matchesAll, type Alert, type LabelSet, type Matcher } from '@tandem/alerting';

import { jsonLabels, jsonText, jsonTexts, jsonTime } from '../json/render-json.ts';
import { flagOf } from '../http/parameters.ts';
import { type AlertSuppression, type ApiBackend } from '../backend.ts';

/** Which alerts are asked for. */
export interface AlertFilter {
  readonly matchers: readonly Matcher[];
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
}

/** The filter of a query whose matchers are read. */
export function alertFilterOf(query: URLSearchParams, matchers: readonly Matcher[]): AlertFilter {
  return {
    matchers,
    active: flagOf(query, 'active'),
    silenced: flagOf(query, 'silenced'),
    inhibited: flagOf(query, 'inhibited'),
  };
}

/** What keeps an alert back if it is asked for; `undefined` where it is not. Alerts that are over are not shown. */
export function shownSuppression(
  alert: Alert,
  filter: AlertFilter,
  backend: Pick<ApiBackend, 'now' | 'suppressionOf'>,
): AlertSuppression | undefined {
  if (alert.endsAtMs < backend.now() || !matchesAll(filter.matchers, alert.labels)) return undefined;
  const suppression = backend.suppressionOf(alert);
  const { silencedBy, inhibitedBy } = suppression;
  if (!filter.silenced && silencedBy.length > 0) return undefined;
  if (!filter.inhibited && inhibitedBy.length > 0) return undefined;
  return !filter.active && silencedBy.length === 0 && inhibitedBy.length === 0 ? undefined : suppression;
}

/** An alert as the API shows it. */
export interface ShownAlert {
  readonly alert: Alert;
  readonly fingerprint: string;
  /** Names. */
  readonly receivers: readonly string[];
  readonly suppression: AlertSuppression;
  /** Names of time intervals that mute the group it is shown in. */
  readonly mutedBy: readonly string[];
}

/** `gettableAlert`. */
export function renderAlert({ alert, fingerprint: id, receivers, suppression, mutedBy }: ShownAlert): string {
  const { silencedBy, inhibitedBy } = suppression;
  const suppressed = silencedBy.length > 0 || inhibitedBy.length > 0 || mutedBy.length > 0;
  const names = receivers.map((name) => `{"name":${jsonText(name)}}`).join(',');
  return (
    `{"annotations":${jsonLabels(alert.annotations)},"endsAt":${jsonTime(alert.endsAtMs)},"fingerprint":"${id}",` +
    `"receivers":[${names}],"startsAt":${jsonTime(alert.startsAtMs)},` +
    `"status":{"inhibitedBy":${jsonTexts(inhibitedBy)},"mutedBy":${jsonTexts(mutedBy)},` +
    `"silencedBy":${jsonTexts(silencedBy)},"state":"${suppressed ? 'suppressed' : 'active'}"},` +
    `"updatedAt":${jsonTime(alert.updatedAtMs)},` +
    (alert.generatorUrl === '' ? '' : `"generatorURL":${jsonText(alert.generatorUrl)},`) +
    `"labels":${jsonLabels(alert.labels)}}`
  );
}

/** Fingerprints by label set: a set never changes, and a list of all alerts would hash each of them every time. */
const known = new WeakMap<LabelSet, string>();

/** Fingerprint of an alert. */
export function fingerprintOf({ labels }: Alert): string {
  const kept = known.get(labels);
  if (kept !== undefined) return kept;
  const computed = fingerprint(labels);
  known.set(labels, computed);
  return computed;
}
