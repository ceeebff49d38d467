import { settingsOutcome, type SettingsOutcome, type SettingsStamp } from '@tandem/election';

import { type DecisionSettings } from '../settings.ts';

/** Settings, and from where on a partition is judged by them. */
export interface SettingsChange extends SettingsStamp {
  /** The first offset of `samples` that is judged by them. */
  readonly fromOffset: number;
  /** Whose configuration they are. */
  readonly instance: string;
  readonly json: string;
  /** What is judged by: those of the document, or, where this version cannot read it, those before it. */
  readonly settings: DecisionSettings;
  /** Why this version cannot judge by the document; absent: it does. */
  readonly problem?: string;
}

/** Settings that a partition is offered: the configuration of an instance. */
export type OfferedSettings = Omit<SettingsChange, 'fromOffset' | 'problem'>;

/** The configuration of this instance. */
export interface ConfiguredSettings extends OfferedSettings {
  /** It was read again because somebody wanted it to be, not because the instance was started. */
  readonly isReload: boolean;
}

/** Settings as they were written down; a document that this version cannot read comes as the problem with it. */
export type StoredSettings = Omit<SettingsChange, 'settings' | 'problem'> & {
  readonly settings: DecisionSettings | string;
};

/**
 * What a partition goes by, as it was written down. A document that a later version wrote and this one cannot read is
 * kept as it is, and the settings before it are judged by; `begun`, where there are none.
 *
 * @param begun what a partition without settings would begin with
 */
function settingsFrom(
  stored: readonly StoredSettings[],
  begun: SettingsChange,
): readonly [SettingsChange, ...SettingsChange[]] {
  let { settings } = begun;
  const changes = stored.map((change): SettingsChange => {
    if (typeof change.settings === 'string') return { ...change, settings, problem: change.settings };
    ({ settings } = change);
    return { ...change, settings };
  });
  const [oldest, ...later] = changes;
  return oldest === undefined ? [{ ...begun, problem: 'what is in force cannot be read' }] : [oldest, ...later];
}

/** So many changes are remembered: records of a seam that is open are judged by the settings of their place. */
const REMEMBERED = 8;

/** The settings of a partition, by place: a function of its records, as everything else. */
export class PartitionSettings {
  /** The oldest first; never empty. */
  #changes: readonly [SettingsChange, ...SettingsChange[]];

  /** @param changes as they were written down, the oldest first; or the one that a partition without any begins with */
  constructor(changes: readonly [SettingsChange, ...SettingsChange[]]) {
    this.#changes = changes;
  }

  /**
   * The settings of a partition that is taken over.
   *
   * @param stored as they were written down, the oldest first; absent: none were
   * @param begun what a partition without settings begins with
   */
  static takenOver(stored: readonly StoredSettings[] | undefined, begun: SettingsChange): PartitionSettings {
    return new PartitionSettings(stored === undefined ? [begun] : settingsFrom(stored, begun));
  }

  /** What is remembered, the oldest first. */
  get changes(): readonly SettingsChange[] {
    return this.#changes;
  }

  /** The newest: those by which the next record is judged. */
  get newest(): SettingsChange {
    return this.#changes.at(-1) ?? this.#changes[0];
  }

  /** The newest settings. */
  get current(): DecisionSettings {
    return this.newest.settings;
  }

  /** The settings by which the record at an offset is judged, whenever that happens; the oldest known for one before them. */
  at(offset: number): DecisionSettings {
    const { newest } = this;
    if (offset >= newest.fromOffset) return newest.settings;
    return (this.#changes.findLast(({ fromOffset }) => fromOffset <= offset) ?? this.#changes[0]).settings;
  }

  /** Takes settings from the log; they are in force from the next record on where they are `applied`. */
  offer(change: SettingsChange): SettingsOutcome {
    const outcome = settingsOutcome(this.newest, change);
    if (outcome === 'renewed') this.#renew(change);
    if (outcome !== 'applied') return outcome;
    const [oldest, ...others] = this.#changes;
    this.#changes = this.#changes.length < REMEMBERED ? [oldest, ...others, change] : withoutOldest(others, change);
    return outcome;
  }

  /** The newest ones stay in force from where they are, as settings that were read later. */
  #renew({ readAtMs, instance }: SettingsChange): void {
    const [oldest, ...others] = this.#changes;
    const newest = others.pop() ?? oldest;
    const renewed = { ...newest, readAtMs, instance };
    this.#changes = newest === oldest ? [renewed] : [oldest, ...others, renewed];
  }
}

function withoutOldest(
  [second, ...others]: readonly SettingsChange[],
  change: SettingsChange,
): [SettingsChange, ...SettingsChange[]] {
  return second === undefined ? [change] : [second, ...others, change];
}
