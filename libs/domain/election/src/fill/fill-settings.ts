/** Whose `up` goes on for a target that is filled. */
export type FillUp =
  /** The elected replica's, which says 0. */
  | 'leader'
  /** 1 while any of the two reaches it: the standby's in place of a 0. */
  | 'any';

/** What an operator chooses about fills. */
export interface FillSettings {
  /** Whether targets that only the elected replica cannot scrape are filled from a standby. */
  readonly enabled: boolean;
  readonly up: FillUp;
}

/** Fills are on. */
export const DEFAULT_FILL_SETTINGS: FillSettings = { enabled: true, up: 'leader' };
