import { delay, until } from '@tandem/testing';

import { type Stage } from '../stage/stage.ts';
import { type Pair, untilElected } from './pair.ts';
import { type Fault, PAUSE_MS } from './plan.ts';

/** Makes the fault happen to the elected replica; resolves when all that belongs to it is over. */
export function strike(stage: Stage, pair: Pair): Promise<void> {
  return FAULTS[pair.plan.fault](stage, pair);
}

/** How long before a scrape a replica is killed that is to lose it. */
const BEFORE_SCRAPE_MS = 200;

const FAULTS: Readonly<Record<Fault, (stage: Stage, pair: Pair) => Promise<void>>> = {
  kill: killElected,
  ahead: killElected,
  behind: killElected,
  pause: pauseElected,
  partition: partitionElected,
  restart: restartElected,
  replace: replaceElected,
};

/** SIGKILL; it stays away. */
async function killElected(stage: Stage, { plan, elected, standby }: Pair): Promise<void> {
  await elected.kill();
  await untilElected(stage, plan, standby);
}

/** SIGSTOP, and SIGCONT after {@link PAUSE_MS}; then it sends what it held. */
async function pauseElected(stage: Stage, pair: Pair): Promise<void> {
  const { plan, elected, standby } = pair;
  const fromMs = Date.now();
  elected.pause();
  try {
    await untilElected(stage, plan, standby);
    await delay(PAUSE_MS - (Date.now() - fromMs));
  } finally {
    elected.resume();
  }
  await untilHeardAgain(pair, Date.now());
}

/** Its network goes silent and heals; it has scraped on and sends its backlog. */
async function partitionElected(stage: Stage, pair: Pair): Promise<void> {
  const { plan, elected, standby } = pair;
  const fromMs = Date.now();
  elected.way.link.silence();
  try {
    await untilElected(stage, plan, standby);
    await delay(plan.interval.partitionMs - (Date.now() - fromMs));
  } finally {
    elected.way.link.heal();
  }
  await untilHeardAgain(pair, Date.now());
}

/** SIGKILL just before a scrape, which is lost, and a start at once with an empty disk. */
async function restartElected(_stage: Stage, pair: Pair): Promise<void> {
  const { recording, elected, plan } = pair;
  const { intervalMs } = plan.interval;
  // Scrapes keep their beat: the next one is some intervals after the last that has arrived.
  await delay(modulo(recording.newestMs(elected.name) - BEFORE_SCRAPE_MS - Date.now(), intervalMs));
  await elected.kill();
  await elected.startEmpty();
  await untilHeardAgain(pair, Date.now());
}

/** SIGKILL, and a start with an empty disk when the other one was elected. */
async function replaceElected(stage: Stage, pair: Pair): Promise<void> {
  await pair.elected.kill();
  await untilElected(stage, pair.plan, pair.standby);
  await pair.elected.startEmpty();
  await untilHeardAgain(pair, Date.now());
}

/** Waits until samples of the struck replica have arrived that are newer than this, and so all it held back. */
async function untilHeardAgain({ plan, recording, elected }: Pair, sinceMs: number): Promise<void> {
  await until(() => recording.newestMs(elected.name) > sinceMs, {
    what: `replica ${elected.name} of ${plan.id} heard again`,
    timeoutMs: 180_000 + 4 * plan.interval.intervalMs,
    intervalMs: 100,
  });
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
