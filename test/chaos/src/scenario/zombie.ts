import { type ChaosRun } from '../run.ts';
import { rounds } from './rounds.ts';
import { untilShared } from './partitions.ts';

const PAUSES = 2;
const PROGRESS = 40;

/**
 * A member of dedup and one of forward stand still for longer than their sessions, at any moment of their work, while
 * others take over; then they go on as if nothing had been.
 */
export async function pauseBeyondSession(run: ChaosRun): Promise<void> {
  const { fleet, load, random } = run;
  for (let pause = 0; pause < PAUSES * rounds(); pause++) {
    await untilShared(fleet.of('dedup'));
    await load.progress(random.between(1, PROGRESS));
    const paused = [random.pick(fleet.of('dedup')), random.pick(fleet.of('forward'))];
    for (const instance of paused) instance.pause();
    const others = fleet.of('dedup').filter((instance) => !paused.includes(instance));
    const tookMs = await untilShared(others);
    run.note(`${paused.map(({ name }) => name).join(' and ')} paused, the others have all after ${tookMs} ms`);
    await load.progress(PROGRESS);
    for (const instance of paused) instance.resume();
  }
  run.note(`both work again after ${await untilShared(fleet.of('dedup'))} ms`);
  await load.progress(PROGRESS);
}
