import { createMatcher, type Matcher, type MatchType, type Silence } from '@tandem/alerting';
import { alertsKey, silenceRecord } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type Written } from '../log/written.ts';

/** What a record of `silences` came to. */
export type DecodedSilence =
  | { readonly kind: 'silence'; readonly silence: Silence }
  | { readonly kind: 'forgotten'; readonly id: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

const MATCH_TYPES: Readonly<Record<string, MatchType>> = { '=': '=', '!=': '!=', '=~': '=~', '!~': '!~' };

/** The records of one alerts cluster in `silences`. */
export class SilenceCodec {
  readonly #cluster: string;
  readonly #prefix: string;
  readonly #decoder = new TextDecoder();

  /** @param cluster name of the alerts cluster */
  constructor(cluster: string) {
    this.#cluster = cluster;
    this.#prefix = this.#decoder.decode(alertsKey(cluster, ''));
  }

  key(id: string): Uint8Array {
    return alertsKey(this.#cluster, id);
  }

  silence(silence: Silence): Written {
    const encoded = silenceRecord.encode({
      ...silence,
      matcherSets: silence.matcherSets.map((set) => set.map(({ type, name, value }) => ({ type, name, value }))),
      annotations: Object.fromEntries(silence.annotations),
    });
    return { key: this.key(silence.id), ...encoded };
  }

  forgotten(id: string): Written {
    return { key: this.key(id), value: null };
  }

  /** Reads a record; `undefined`: it is another cluster's. */
  decode(record: LogRecord): DecodedSilence | undefined {
    const text = record.key === null ? '' : this.#decoder.decode(record.key);
    if (!text.startsWith(this.#prefix)) return undefined;
    if (record.value === null) return { kind: 'forgotten', id: text.slice(this.#prefix.length) };
    const decoded = silenceRecord.decode(record);
    if (!decoded.ok) return { kind: 'unreadable', problem: decoded.problem };
    const { matcherSets, annotations, ...rest } = decoded.value;
    const sets: (readonly Matcher[])[] = [];
    for (const written of matcherSets) {
      const set = readSet(written);
      if (typeof set === 'string') return { kind: 'unreadable', problem: `cannot read Silence: ${set}` };
      sets.push(set);
    }
    return {
      kind: 'silence',
      silence: { ...rest, matcherSets: sets, annotations: new Map(Object.entries(annotations)) },
    };
  }
}

/** The matchers of a set, or why it is none. */
function readSet(
  written: readonly { readonly type: string; readonly name: string; readonly value: string }[],
): readonly Matcher[] | string {
  const matchers: Matcher[] = [];
  for (const { type, name, value } of written) {
    const known = MATCH_TYPES[type];
    if (known === undefined) return `it has the operator "${type}"`;
    const matcher = createMatcher(known, name, value);
    if (!matcher.ok) return matcher.error;
    matchers.push(matcher.value);
  }
  return matchers;
}
