import { type ChaosRun } from '../run.ts';
import { type Instance } from '../stage/instance.ts';
import { untilShared } from './partitions.ts';

/** Requests between two changes. */
const PROGRESS = 60;

/** Members of dedup die, come back, join and leave while the stream flows; those left have all partitions each time. */
export async function scaleOut(run: ChaosRun): Promise<void> {
  const { fleet, load, random } = run;
  const shared = async (what: string, members: readonly Instance[]): Promise<void> => {
    run.note(`${what}: shared after ${await untilShared(members)} ms`);
    await load.progress(PROGRESS);
  };
  const victim = random.pick(fleet.of('dedup'));
  await shared('two members', fleet.of('dedup'));

  await victim.kill();
  const survivors = fleet.of('dedup').filter((instance) => instance !== victim);
  await shared(`${victim.name} killed`, survivors);

  const third = await fleet.add('dedup');
  await shared(`${third.name} joined`, [...survivors, third]);

  victim.start();
  await victim.ready();
  await shared(`${victim.name} came back`, fleet.of('dedup'));

  await third.stop();
  await shared(`${third.name} left`, [...survivors, victim]);

  const [forwarder = victim] = fleet.of('forward');
  await forwarder.kill();
  run.note(`${forwarder.name} killed`);
  await load.progress(PROGRESS);
}
