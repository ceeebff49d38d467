import { type ProgressListener } from './replay-records.ts';

/** What progress is told with. */
export interface ProgressOptions {
  /** What is under way, for example `replaying`. */
  readonly doing: string;
  /** Writes a line. */
  readonly write: (line: string) => void;
  /** Unix ms. */
  readonly now: () => number;
}

/** Between two lines, and before the first: what is done sooner says nothing. */
const INTERVAL_MS = 2000;

/** Tells how far a piece of work has come, every two seconds. */
export function progressLines({ doing, write, now }: ProgressOptions): ProgressListener {
  let toldMs = now();
  return (done) => {
    const nowMs = now();
    if (nowMs - toldMs < INTERVAL_MS) return;
    toldMs = nowMs;
    write(`${doing}: ${Math.floor(Math.min(1, done) * 100)} %`);
  };
}
