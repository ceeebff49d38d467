import {
  notificationKey,
  type Claim,
  type NotificationEntry,
  type NotificationRecord,
  type NotificationTarget,
  type ReceiverData,
} from '@tandem/alerting';
import { describeError } from '@tandem/errors';
import {
  alertsKey,
  notificationClaimRecord,
  notificationEntryRecord,
  type NotificationEntry as EncodedEntry,
} from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type Written } from './written.ts';

/** A claim as it is written: until when it holds is counted from the append time of its record. */
export type WrittenClaim = Omit<Claim, 'untilMs'> & { readonly forMs: number };

/** What a record of `nflog` came to; the key is that of its target. */
export type DecodedNotification =
  | { readonly ok: true; readonly key: string; readonly record: NotificationRecord }
  | { readonly ok: true; readonly key: string; readonly record: 'forgotten' }
  | { readonly ok: false; readonly problem: string };

/** Group keys begin with a brace, and so no key of an entry looks like one of a claim. */
const CLAIM = /^claim\/([^/]*)\/(.*)$/su;

/** The records of one alerts cluster in `nflog`. */
export class NotificationCodec {
  readonly #cluster: string;
  readonly #prefix: string;
  readonly #decoder = new TextDecoder();

  /** @param cluster name of the alerts cluster */
  constructor(cluster: string) {
    this.#cluster = cluster;
    this.#prefix = this.#decoder.decode(alertsKey(cluster, ''));
  }

  entry(entry: NotificationEntry, claimId: string | undefined): Written {
    const { target, firing, resolved, receiverData, ...times } = entry;
    const encoded = notificationEntryRecord.encode({
      ...target,
      ...times,
      firing: [...firing],
      resolved: [...resolved],
      receiverData: Object.fromEntries([...receiverData].map(([name, value]) => [name, JSON.stringify(value)])),
      claimId: claimId ?? null,
    });
    return { key: alertsKey(this.#cluster, notificationKey(target)), ...encoded };
  }

  claim(target: NotificationTarget, claim: WrittenClaim): Written {
    return {
      key: this.#claimKey(claim.owner, notificationKey(target)),
      ...notificationClaimRecord.encode({ ...target, ...claim }),
    };
  }

  release(target: NotificationTarget, owner: string): Written {
    return this.releaseOf(notificationKey(target), owner);
  }

  /** The same, by the key of the target. */
  releaseOf(key: string, owner: string): Written {
    return { key: this.#claimKey(owner, key), value: null };
  }

  /** The entry of a target is past its time. */
  forgotten(key: string): Written {
    return { key: alertsKey(this.#cluster, key), value: null };
  }

  /** Reads a record; `undefined`: it is another cluster's. */
  decode(record: LogRecord): DecodedNotification | undefined {
    const text = record.key === null ? '' : this.#decoder.decode(record.key);
    if (!text.startsWith(this.#prefix)) return undefined;
    try {
      return decodeKeyed(record, text.slice(this.#prefix.length));
    } catch (error) {
      // An owner that is not encoded, or data that is no JSON: whoever follows the log must not end by it.
      return { ok: false, problem: describeError(error) };
    }
  }

  #claimKey(owner: string, key: string): Uint8Array {
    return alertsKey(this.#cluster, `claim/${encodeURIComponent(owner)}/${key}`);
  }
}

function decodeKeyed(record: LogRecord, key: string): DecodedNotification {
  const [, owner, target] = CLAIM.exec(key) ?? [];
  if (owner !== undefined && target !== undefined) return decodeClaim(record, target, decodeURIComponent(owner));
  if (record.value === null) return { ok: true, key, record: 'forgotten' };
  return decodeEntry(record, key);
}

function decodeClaim(record: LogRecord, key: string, owner: string): DecodedNotification {
  if (record.value === null) return { ok: true, key, record: { kind: 'release', owner } };
  const decoded = notificationClaimRecord.decode(record);
  if (!decoded.ok) return decoded;
  const { id, forMs } = decoded.value;
  return { ok: true, key, record: { kind: 'claim', claim: { owner, id, untilMs: record.timestampMs + forMs } } };
}

function decodeEntry(record: LogRecord, key: string): DecodedNotification {
  const decoded = notificationEntryRecord.decode(record);
  if (!decoded.ok) return decoded;
  const { claimId, firing, resolved, receiverData, timestampMs, expiresAtMs, ...target } = decoded.value;
  const entry: NotificationEntry = {
    target,
    timestampMs,
    firing: new Set(firing),
    resolved: new Set(resolved),
    receiverData: decodeData(receiverData),
    expiresAtMs,
  };
  return { ok: true, key, record: { kind: 'entry', entry, claimId: claimId ?? undefined } };
}

function decodeData(data: EncodedEntry['receiverData']): ReceiverData {
  return new Map(Object.entries(data).map(([name, value]) => [name, JSON.parse(value) as string | number]));
}
