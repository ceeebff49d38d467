import { readOffer, type DecisionSettings, type StoredSettings } from '@tandem/dedup';
import { settingsOutcome, settingsResolver, type ElectionSettings } from '@tandem/election';
import { clusterId, isSettings } from '@tandem/records';
import { type LogRecord } from '@tandem/stream';

import { type ClusterName } from './cluster-name.ts';

/** Settings of elections of a cluster, and from where on they are in force. */
export interface SettingsSpan {
  /** The first offset that is judged by them. */
  readonly fromOffset: number;
  readonly settings: ElectionSettings;
}

type KnownChange = Pick<StoredSettings, 'fromOffset' | 'readAtMs' | 'hash'> & { readonly elections: ElectionSettings };

/**
 * By which settings a cluster was judged at each place of its partition (SPEC of @tandem/election, "Settings"): as it is written
 * down, and for records that dedup has not come to, as it will take them.
 */
export class SettingsTimeline {
  readonly #name: ClusterName;
  readonly #configured: ElectionSettings;
  /** The oldest first. */
  readonly #changes: KnownChange[] = [];

  /**
   * @param stored what is written down, the oldest first
   * @param configured what the cluster is judged by where nothing is
   */
  constructor(name: ClusterName, stored: readonly StoredSettings[], configured: ElectionSettings) {
    this.#name = name;
    this.#configured = configured;
    for (const change of stored) this.#add(change);
  }

  /** The settings at an offset; before the oldest ones known it is those. */
  at(offset: number): ElectionSettings {
    const change = this.#changes.findLast(({ fromOffset }) => fromOffset <= offset) ?? this.#changes[0];
    return change?.elections ?? this.#configured;
  }

  /** Takes a record of the partition: settings behind all that is written down come into force as dedup has them. */
  meet(record: LogRecord): void {
    if (!isSettings(record.headers)) return;
    const newest = this.#changes.at(-1);
    if (newest !== undefined && record.offset < newest.fromOffset) return;
    const offer = readOffer(record);
    if (typeof offer === 'string') return;
    const outcome = newest === undefined ? 'applied' : settingsOutcome(newest, offer);
    if (outcome === 'applied') this.#add(offer);
    else if (outcome === 'renewed' && newest !== undefined) {
      this.#changes[this.#changes.length - 1] = { ...newest, readAtMs: offer.readAtMs };
    }
  }

  /** What is in force from one offset up to another, the oldest first; changes that are none for the cluster are left out. */
  between(from: number, until: number): readonly [SettingsSpan, ...SettingsSpan[]] {
    let before: SettingsSpan = { fromOffset: from, settings: this.at(from) };
    const later: SettingsSpan[] = [];
    const first = before;
    for (const { fromOffset, elections } of this.#changes) {
      if (fromOffset <= from || fromOffset >= until || isSame(elections, before.settings)) continue;
      before = { fromOffset, settings: elections };
      later.push(before);
    }
    return [first, ...later];
  }

  #add({ fromOffset, readAtMs, hash, settings }: StoredSettings): void {
    // A document that this version cannot read: what was in force before it stays, as it does for dedup.
    const elections = typeof settings === 'string' ? this.at(Infinity) : this.#electionsOf(settings);
    this.#changes.push({ fromOffset, readAtMs, hash, elections });
  }

  #electionsOf({ elections, overrides = [] }: DecisionSettings): ElectionSettings {
    const { tenant, cluster } = this.#name;
    return settingsResolver(elections, overrides)(tenant, clusterId(tenant, cluster));
  }
}

/** Keys of settings come in one order: that of the schema they are read with. */
function isSame(a: ElectionSettings, b: ElectionSettings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
