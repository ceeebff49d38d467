import { type ChaosRun } from '../run.ts';
import { type Instance } from '../stage/instance.ts';
import { rounds } from './rounds.ts';
import { untilShared } from './partitions.ts';

const PAUSES = 2;
const PROGRESS = 40;
const ATTEMPTS = 10;
/** Without an acknowledgement for this long, the log is held up. */
const HELD_UP_MS = 10_000;
/** So many acknowledgements cannot all be of commits before. */
const MORE_THAN_SENDERS = 40;

/**
 * A member of dedup and one of forward stand still for longer than their sessions, at any moment of their work, while
 * others take over; then they go on as if nothing had been.
 */
export async function pauseBeyondSession(run: ChaosRun): Promise<void> {
  const { fleet, load, random } = run;
  for (let pause = 0; pause < PAUSES * rounds(); pause++) {
    await untilShared(fleet.of('dedup'));
    await load.progress(random.between(1, PROGRESS));
    const paused = await pauseTwo(run);
    const others = fleet.of('dedup').filter((instance) => !paused.includes(instance));
    const tookMs = await untilShared(others);
    run.note(`${paused.map(({ name }) => name).join(' and ')} paused, the others have all after ${tookMs} ms`);
    await load.progress(PROGRESS);
    for (const instance of paused) instance.resume();
  }
  run.note(`both work again after ${await untilShared(fleet.of('dedup'))} ms`);
  await load.progress(PROGRESS);
}

/**
 * Stops a member of dedup and one of forward. The embedded log has one writer at a time: where one of them was stopped
 * in the middle of a commit, nobody gets on until it goes on, so it does, and another moment is tried.
 */
async function pauseTwo(run: ChaosRun): Promise<readonly Instance[]> {
  const { fleet, load, random } = run;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const chosen = [random.pick(fleet.of('dedup')), random.pick(fleet.of('forward'))];
    for (const instance of chosen) instance.pause();
    if (await load.progresses(MORE_THAN_SENDERS, HELD_UP_MS)) return chosen;
    for (const instance of chosen) instance.resume();
    run.note('stopped in the middle of a commit, so they go on');
    await load.progress(PROGRESS);
    await untilShared(fleet.of('dedup'));
  }
  throw new Error(`cannot stop two members without stopping everybody, tried ${ATTEMPTS} times`);
}
