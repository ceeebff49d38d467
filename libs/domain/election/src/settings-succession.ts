/** What tells which of two settings go before the other. */
export interface SettingsStamp {
  /** When their configuration was read, Unix ms; of settings in the log never later than they were appended. */
  readonly readAtMs: number;
  /** Of the settings, so that the same ones have the same. */
  readonly hash: string;
}

/** What comes of settings that are offered; the same words in the commands topic. */
export type SettingsOutcome =
  | 'applied'
  /** They are in force already, and were read again since: what was read in between goes before them from now on. */
  | 'renewed'
  /** They are in force already. */
  | 'unchanged'
  /** The ones in force were read later: what is newest stays, however often an instance of before comes back. */
  | 'older';

/** What comes of settings offered to a partition (SPEC.md, "Settings"); of two read in one millisecond the hash decides. */
export function settingsOutcome(inForce: SettingsStamp, offered: SettingsStamp): SettingsOutcome {
  if (offered.hash === inForce.hash) return offered.readAtMs > inForce.readAtMs ? 'renewed' : 'unchanged';
  const later =
    offered.readAtMs === inForce.readAtMs ? offered.hash > inForce.hash : offered.readAtMs > inForce.readAtMs;
  return later ? 'applied' : 'older';
}
