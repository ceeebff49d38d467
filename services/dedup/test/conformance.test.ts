import { describe, expect, test } from '@jest/globals';

import { emitted, instanceOf, recordOf, runToEnd, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Fate } from './simulated-log.ts';

/** Rows of the HA tracker's conformance table (libs/domain/election/SPEC.md) that need the whole service. */

const of = (replica: string, at: number, seconds = at): Sent => ({ at, replica, samples: [['x', seconds]] });

/** Instance after instance, each dying at the commit its fate says, until everything is committed. */
async function run(storage: SimulatedStorage, fates: readonly (readonly [number, Fate])[] = []): Promise<void> {
  for (let life = 0, ended = false; !ended; life++) {
    const [dieAt = Infinity, how = 'lives'] = fates[life] ?? [];
    const log = new SimulatedLog(storage, { batchRecords: () => 1, fate: (n) => (n === dieAt ? how : 'lives') });
    ended = await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases() }), log);
  }
}

function storageOf(sent: readonly Sent[]): SimulatedStorage {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  return storage;
}

/** The elected replica dies after 30 s; the other one goes on, half an interval later. */
const FAILOVER: readonly Sent[] = [
  ...[0, 10, 20, 30].map((at) => of('a', at)),
  ...[5, 15, 25, 35, 45, 55, 65, 75].map((at) => of('b', at)),
].sort((x, y) => x.at - y.at);

const WHOLE = ['x@0', 'x@10', 'x@20', 'x@30', 'x@35', 'x@45', 'x@55', 'x@65', 'x@75'];

describe('conformance with the HA tracker, end to end', () => {
  test('row x3: read from the beginning twice more, the log gives the same', async () => {
    const once = storageOf(FAILOVER);
    await run(once);
    expect(emitted(once)).toEqual(WHOLE);
    for (let again = 0; again < 2; again++) {
      const storage = storageOf(FAILOVER);
      await run(storage);
      expect(emitted(storage)).toEqual(emitted(once));
    }
  });

  test('row x4: an older batch that comes late once more is dropped, the last but one as well', async () => {
    const storage = storageOf([of('a', 0), of('a', 10), of('a', 20), of('a', 21, 10), of('a', 22, 0), of('a', 30)]);
    await run(storage);
    expect(emitted(storage)).toEqual(['x@0', 'x@10', 'x@20', 'x@30']);
  });

  test.each(['dies', 'dies-after'] as const)(
    'row x8: one that %s at each of its commits around a catch-up is continued without loss or repeat',
    async (fate) => {
      for (let commit = 0; commit < 14; commit++) {
        const storage = storageOf(FAILOVER);
        await run(storage, [
          [commit, fate],
          [1, fate],
        ]);
        expect(emitted(storage)).toEqual(WHOLE);
      }
    },
  );
});
