import { type Member } from '@tandem/alerting';
import { alertsKey, memberRecord } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type Written } from '../log/written.ts';

/** A heartbeat as it is written. Times are Unix ms. */
export interface Heartbeat {
  readonly member: Member;
  readonly startedAtMs: number;
  /** By the clock of the instance itself. */
  readonly sentAtMs: number;
}

/** What a record of `members` came to. */
export type DecodedMember =
  | { readonly kind: 'heard'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'left'; readonly name: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The records of one alerts cluster in `members`. */
export class MemberCodec {
  readonly #cluster: string;
  readonly #prefix: string;
  readonly #decoder = new TextDecoder();

  /** @param cluster name of the alerts cluster */
  constructor(cluster: string) {
    this.#cluster = cluster;
    this.#prefix = this.#decoder.decode(alertsKey(cluster, ''));
  }

  heartbeat({ member, startedAtMs, sentAtMs }: Heartbeat): Written {
    return { key: this.#key(member.name), ...memberRecord.encode({ ...member, startedAtMs, sentAtMs }) };
  }

  left(name: string): Written {
    return { key: this.#key(name), value: null };
  }

  /** Reads a record; `undefined`: it is another cluster's. */
  decode(record: LogRecord): DecodedMember | undefined {
    const text = record.key === null ? '' : this.#decoder.decode(record.key);
    if (!text.startsWith(this.#prefix)) return undefined;
    if (record.value === null) return { kind: 'left', name: text.slice(this.#prefix.length) };
    const decoded = memberRecord.decode(record);
    if (!decoded.ok) return { kind: 'unreadable', problem: decoded.problem };
    const { startedAtMs, sentAtMs, ...member } = decoded.value;
    return { kind: 'heard', heartbeat: { member, startedAtMs, sentAtMs } };
  }

  #key(name: string): Uint8Array {
    return alertsKey(this.#cluster, name);
  }
}
