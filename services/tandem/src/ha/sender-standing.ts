import { UNPAIRED_SILENT_MS, unpairedVerdict, type UnpairedVerdict } from '@tandem/election';
import { type Sender } from '@tandem/records';

import { rfc3339 } from './times.ts';

/** A sender whose series are of no pair, as it was last noted in the log. Times are log time, Unix ms. */
export interface SenderStanding extends Sender {
  readonly verdict: UnpairedVerdict;
}

/** The same as `--json` shows it; times are RFC 3339. */
export interface SenderJson {
  readonly tenant: string;
  readonly cluster: string | null;
  readonly replica: string | null;
  readonly verdict: UnpairedVerdict;
  readonly since: string | null;
  /** Some minutes late. */
  readonly last_heard: string | null;
}

/** A sender as it stands; `undefined` for one that has been silent for long and was not forgotten, because nobody was heard. */
export function senderStanding(sender: Sender, nowMs: number): SenderStanding | undefined {
  // What is written down is some minutes old itself.
  if (nowMs - sender.heardAtMs > 2 * UNPAIRED_SILENT_MS) return undefined;
  return { ...sender, verdict: unpairedVerdict(sender) };
}

/** A sender for programs. */
export function senderJson({ tenant, cluster, replica, verdict, sinceMs, heardAtMs }: SenderStanding): SenderJson {
  return { tenant, cluster, replica, verdict, since: rfc3339(sinceMs), last_heard: rfc3339(heardAtMs) };
}
