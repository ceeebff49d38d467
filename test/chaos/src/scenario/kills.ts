import { delay } from '@tandem/testing';

import { type ChaosRun } from '../run.ts';
import { SERVICES } from '../stage/instance.ts';
import { rounds } from './rounds.ts';

const KILLS = 12;
/** Between two kills. On Kafka a member that was killed is missed only after its session. */
const LONGEST_CALM_MS = { embedded: 2500, kafka: 5000 };

/** Processes die at random moments, in the end all of them at once, as at a power failure. */
export async function killAtRandom(run: ChaosRun): Promise<void> {
  for (let kill = 0; kill < KILLS * rounds(); kill++) await killOne(run);
  await run.fleet.killAll();
  run.note('all killed at once');
  await run.fleet.startAll();
  await run.load.progress(40);
}

/** One kill after some requests; sometimes a second one while it starts, sometimes it stays away for a while. */
async function killOne(run: ChaosRun): Promise<void> {
  const { random, load, fleet, options } = run;
  await load.progress(random.between(5, 60));
  await delay(random.between(0, LONGEST_CALM_MS[options.source.name]));
  const victim = random.pick(fleet.of(random.pick(SERVICES)));
  await victim.kill();
  run.note(`${victim.name} killed`);
  if (random.chance(0.3)) {
    victim.start();
    await delay(random.between(0, 900));
    await victim.kill();
    run.note('again while it starts');
  }
  if (random.chance(0.2)) await delay(random.between(0, 3000));
  victim.start();
}
