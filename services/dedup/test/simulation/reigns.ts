import { SETTINGS } from '../pipeline.ts';
import { type Entry } from './records.ts';

/** The time of one replica, from the record that elected it to the next one's; all times in ms since the world began. */
export interface Reign {
  readonly epoch: number;
  readonly replica: string;
  /** Offset of the record that elected it. */
  readonly offset: number;
  readonly electedAtMs: number;
  /** Offset of the record that elected the next one, or `Infinity`. */
  readonly untilOffset: number;
  /** The one before, and when its last record came. */
  readonly forerunner: { readonly replica: string; readonly heardAtMs: number } | undefined;
}

const FAILOVER_MS = SETTINGS.elections.failoverTimeoutMs;

/**
 * Who is elected when, by the words of SPEC "Silence" and by who was heard when; written without the code it is held
 * against. Takes the records of one cluster in their order.
 */
export function reignsOf(entries: readonly Entry[]): readonly Reign[] {
  const reigns: Reign[] = [];
  let elected = '';
  let electedHeardMs = 0;
  let heardMs = 0;
  let silentMs = 0;
  for (const { replica, atMs, offset } of entries) {
    if (replica.name !== elected) silentMs += Math.min(atMs - heardMs, FAILOVER_MS / 2);
    heardMs = atMs;
    if (reigns.length === 0 || (replica.name !== elected && silentMs >= FAILOVER_MS)) {
      const forerunner = reigns.length === 0 ? undefined : { replica: elected, heardAtMs: electedHeardMs };
      const last = reigns.pop();
      if (last !== undefined) reigns.push({ ...last, untilOffset: offset });
      elected = replica.name;
      const epoch = reigns.length + 1;
      reigns.push({ epoch, replica: elected, offset, electedAtMs: atMs, untilOffset: Infinity, forerunner });
    }
    if (replica.name !== elected) continue;
    electedHeardMs = atMs;
    silentMs = 0;
  }
  return reigns;
}
