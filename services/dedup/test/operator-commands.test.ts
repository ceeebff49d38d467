import { describe, expect, test } from '@jest/globals';
import {
  clusterKey,
  COMMAND_KIND,
  commandRecord,
  electionRecord,
  HEADER,
  isSettings,
  rejectRecord,
} from '@tandem/records';
import { createMetrics } from '@tandem/telemetry';

import { emitted, instanceOf, recordOf, runToEnd, T0, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage, type Appended } from './simulated-log.ts';

const of = (replica: string, at: number): Appended => recordOf({ at, replica, samples: [['x', at]] } satisfies Sent);

function command(at: number, kind: string, replica: string | null): Appended {
  const onItsWay = { outcome: null, epoch: null, sourcePartition: null, sourceOffset: null };
  const whole = { id: `${kind}@${at}`, tenant: 't', cluster: 'c', command: kind, replica, by: 'me', why: 'test' };
  const { value, headers } = commandRecord.encode({ ...whole, atMs: T0, ...onItsWay });
  return {
    timestampMs: T0 + at * 1000,
    key: clusterKey('t', 'c'),
    value,
    headers: { ...headers, [HEADER.kind]: COMMAND_KIND },
  };
}

/** What one instance after the other makes of records, each of them a new one. */
async function outcomeOf(...lives: readonly (readonly Appended[])[]) {
  const storage = new SimulatedStorage();
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  for (const records of lives) {
    storage.append(TOPICS.samples, 0, records);
    const log = new SimulatedLog(storage);
    await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases(), metrics }), log);
  }
  const outcomes = storage
    .records(TOPICS.commands)
    .filter(({ headers }) => !isSettings(headers))
    .map((record) => {
      const decoded = commandRecord.decode(record);
      if (!decoded.ok) throw new Error(decoded.problem);
      const { id, outcome, epoch, sourceOffset } = decoded.value;
      return { id, outcome, epoch, sourceOffset };
    });
  return { storage, outcomes };
}

describe('commands of an operator', () => {
  test('a failover by hand has a seam like any other: nothing missing, nothing twice', async () => {
    const pairs = (from: number, to: number): readonly Appended[] =>
      Array.from({ length: to - from }, (_, i) => [of('a', from + i), of('b', from + i + 0.5)]).flat();
    const { storage, outcomes } = await outcomeOf([...pairs(0, 5), command(5, 'failover', 'b'), ...pairs(5, 8)]);
    expect(outcomes).toEqual([{ id: 'failover@5', outcome: 'elected', epoch: 2, sourceOffset: 10 }]);
    expect(emitted(storage)).toEqual([0, 1, 2, 3, 4, 4.5, 5.5, 6.5, 7.5].map((second) => `x@${second}`));
    const elections = storage.records(TOPICS.elections).map((record) => electionRecord.decode(record));
    expect(elections.at(-1)).toMatchObject({ value: { reason: 'operator', previousReplica: 'a', replica: 'b' } });
  });

  test('a pin outlives the instance that obeyed it', async () => {
    const silence = Array.from({ length: 10 }, (_, i) => of('b', 10 + i * 10));
    const { storage, outcomes } = await outcomeOf([of('a', 0), command(1, 'pin', 'a')], silence, [
      command(120, 'release', null),
      of('b', 121),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['pinned', 'released']);
    expect(storage.records(TOPICS.elections)).toHaveLength(2);
    expect(emitted(storage).slice(0, 2)).toEqual(['x@0', 'x@10']);
  });

  test('what is refused is written down too', async () => {
    const { outcomes } = await outcomeOf([command(0, 'pin', 'a'), of('a', 1), command(2, 'failover', 'a')]);
    expect(outcomes).toMatchObject([
      { outcome: 'no-cluster', epoch: null },
      { outcome: 'unchanged', epoch: 1 },
    ]);
  });

  test('a command that cannot be read goes to rejects, and the stream goes on', async () => {
    const { storage } = await outcomeOf([
      of('a', 0),
      command(1, 'explode', 'a'),
      { ...command(1, 'pin', 'a'), value: Buffer.from('garbage') },
      of('a', 2),
    ]);
    const reasons = storage.records(TOPICS.rejects).map((record) => rejectRecord.decode(record));
    expect(reasons).toMatchObject([{ value: { reason: 'bad-command' } }, { value: { reason: 'bad-command' } }]);
    expect(emitted(storage)).toEqual(['x@0', 'x@2']);
  });
});
