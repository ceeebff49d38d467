import { describe, expect, test } from '@jest/globals';

import { emitted, instanceOf, recordOf, runToEnd, T0, TOPICS, type Sent } from './pipeline.ts';
import { ScriptedLeases } from './scripted-leases.ts';
import { SimulatedLog, SimulatedStorage } from './simulated-log.ts';

/** Records that anybody may send, and that must not stop a partition for everybody else. */

async function outcomeOf(sent: readonly Sent[]): Promise<SimulatedStorage> {
  const storage = new SimulatedStorage();
  storage.append(TOPICS.samples, 0, sent.map(recordOf));
  const log = new SimulatedLog(storage);
  expect(await runToEnd(storage, instanceOf({ log, leases: new ScriptedLeases() }), log)).toBe(true);
  return storage;
}

describe('a partition goes on', () => {
  test.each([-(2 ** 52) + 1, 2 ** 52 - 1])('behind a sample of time %d', async (timestampMs) => {
    const odd: Sent = { at: 0, replica: 'a', cluster: 'odd', samples: [['x', (timestampMs - T0) / 1000]] };
    const storage = await outcomeOf([
      odd,
      { ...odd, at: 1, samples: [['x', 1]] },
      { at: 2, replica: 'a', samples: [['y', 2]] },
    ]);
    expect(emitted(storage)).toContain('y@2');
  });

  test('behind a record that says that its samples are from beyond all times', async () => {
    const odd: Sent = { at: 0, replica: 'a', cluster: 'odd', samples: [['x', -(2 ** 53) / 1000]] };
    const storage = await outcomeOf([odd, { at: 2, replica: 'a', samples: [['y', 2]] }]);
    expect(emitted(storage)).toEqual(['y@2']);
    expect(storage.records(TOPICS.rejects)).toHaveLength(1);
  });

  test('behind hundreds of replicas with long names: what is counted of them takes several records', async () => {
    const many = Array.from({ length: 300 }, (_, i): Sent => {
      return { at: 0, replica: `${i}-${'r'.repeat(2000)}`, cluster: 'c'.repeat(2000), samples: [['x', 1]] };
    });
    const storage = await outcomeOf([...many, { at: 2, replica: 'a', samples: [['y', 2]] }]);
    expect(emitted(storage)).toContain('y@2');
    const sizes = storage.records(TOPICS.tallies).map(({ value }) => value?.length ?? 0);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
  });
});
