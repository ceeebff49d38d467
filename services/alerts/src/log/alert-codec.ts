import { type Alert, type GroupOpening } from '@tandem/alerting';
import { alertGroupRecord, alertRecord, alertsKey } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type Written } from './written.ts';

/** What a record of `alerts` came to. */
export type DecodedAlertRecord =
  | { readonly kind: 'alert'; readonly fingerprint: string; readonly alert: Alert; readonly receivedBy: string }
  | { readonly kind: 'alert-forgotten'; readonly fingerprint: string }
  | { readonly kind: 'group-opened'; readonly id: string; readonly opening: GroupOpening; readonly openedBy: string }
  | { readonly kind: 'group-ended'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Fingerprints are hexadecimal, and so no key of an alert looks like one of a group. */
const GROUP = 'group/';

/** The records of one alerts cluster in `alerts`. */
export class AlertCodec {
  readonly #cluster: string;
  readonly #instance: string;
  readonly #prefix: string;
  readonly #decoder = new TextDecoder();

  /**
   * @param cluster name of the alerts cluster
   * @param instance name of the instance that writes
   */
  constructor(cluster: string, instance: string) {
    this.#cluster = cluster;
    this.#instance = instance;
    this.#prefix = this.#decoder.decode(alertsKey(cluster, ''));
  }

  alert(fingerprint: string, alert: Alert): Written {
    const { labels, annotations, ...rest } = alert;
    const encoded = alertRecord.encode({
      ...rest,
      labels: Object.fromEntries(labels),
      annotations: Object.fromEntries(annotations),
      receivedBy: this.#instance,
    });
    return { key: alertsKey(this.#cluster, fingerprint), ...encoded };
  }

  alertForgotten(fingerprint: string): Written {
    return { key: alertsKey(this.#cluster, fingerprint), value: null };
  }

  groupOpened(id: string, { openedAtMs, firstStartsAtMs, followsMs }: GroupOpening): Written {
    const opening = { openedAtMs, firstStartsAtMs, followsMs };
    const encoded = alertGroupRecord.encode({ groupId: id, ...opening, openedBy: this.#instance });
    return { key: alertsKey(this.#cluster, GROUP + id), ...encoded };
  }

  groupEnded(id: string): Written {
    return { key: alertsKey(this.#cluster, GROUP + id), value: null };
  }

  /** Reads a record; `undefined`: it is another cluster's. */
  decode(record: LogRecord): DecodedAlertRecord | undefined {
    const text = record.key === null ? '' : this.#decoder.decode(record.key);
    if (!text.startsWith(this.#prefix)) return undefined;
    const what = text.slice(this.#prefix.length);
    return what.startsWith(GROUP) ? decodeGroup(record, what.slice(GROUP.length)) : decodeAlert(record, what);
  }
}

function decodeAlert(record: LogRecord, fingerprint: string): DecodedAlertRecord {
  if (record.value === null) return { kind: 'alert-forgotten', fingerprint };
  const decoded = alertRecord.decode(record);
  if (!decoded.ok) return { kind: 'unreadable', problem: decoded.problem };
  const { labels, annotations, receivedBy, ...rest } = decoded.value;
  const alert = { ...rest, labels: mapOf(labels), annotations: mapOf(annotations) };
  return { kind: 'alert', fingerprint, alert, receivedBy };
}

function decodeGroup(record: LogRecord, id: string): DecodedAlertRecord {
  if (record.value === null) return { kind: 'group-ended', id };
  const decoded = alertGroupRecord.decode(record);
  if (!decoded.ok) return { kind: 'unreadable', problem: decoded.problem };
  const { openedAtMs, firstStartsAtMs, followsMs, openedBy } = decoded.value;
  return { kind: 'group-opened', id, opening: { openedAtMs, firstStartsAtMs, followsMs }, openedBy };
}

function mapOf(texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts));
}
