import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play, world, type Played, type World } from './simulated-worlds.ts';
import { doubles, isRecordedLate, isUncertainEnd, lateFor, toldOpenly, unresolved } from './whole-verdicts.ts';
import { type Process } from './whole-world.ts';

/** Worlds of these seeds are played each time; whoever changes the service plays others as well. */
const SEEDS = [-1061833557, 5, 21] as const;
const WORLDS_PER_SEED = 20;

/** What an instance ended with: all are to have the same. */
function ending({ service: { backend } }: Process): string {
  const alerts = [...backend.alerts()].map(({ labels, startsAtMs, endsAtMs }) => [[...labels], startsAtMs, endsAtMs]);
  const groups = [...backend.groups()].map(({ id, beat, alerts: held }) => [id, beat, [...held.keys()].toSorted()]);
  const members = backend.members().map(({ name }) => name);
  return JSON.stringify([alerts.map((one) => JSON.stringify(one)).toSorted(), groups.toSorted(), members]);
}

/** What is wrong with a world that was played. */
function wrongs(setting: World, played: Played): object {
  const { world: stage, alive } = played;
  const unexcused = doubles(stage.deliveries).filter((double) => {
    const { delivery, before } = double;
    if (toldOpenly(stage, delivery) || isUncertainEnd(stage, setting, double)) return false;
    return !before.some((one) => toldOpenly(stage, one) || isRecordedLate(stage, setting, one, delivery.endedMs));
  });
  return {
    unresolved: unresolved(stage, setting),
    late: lateFor(stage, setting),
    unexcused,
    endings: new Set(alive.map(ending)).size,
  };
}

describe('whatever happens to whole instances, their log and their receiver', () => {
  it.each(SEEDS)(
    'groups are told in time and to their ends, twice only where the log was away or somebody died at it, and all end alike (seed %i)',
    async (seed) => {
      const seen = { deliveries: 0, calm: 0, doubles: 0 };
      await fc.assert(
        fc.asyncProperty(world, async (setting) => {
          const played = await play(setting);
          const { deliveries } = played.world;
          seen.deliveries += deliveries.length;
          seen.calm += played.isCalm ? 1 : 0;
          seen.doubles += doubles(deliveries).length;
          expect(wrongs(setting, played)).toEqual({ unresolved: [], late: [], unexcused: [], endings: 1 });
          expect(played.isCalm ? doubles(deliveries) : []).toEqual([]);
          for (const one of played.alive) one.kill();
        }),
        { numRuns: WORLDS_PER_SEED, seed, endOnFailure: true },
      );
      // The worlds are worth it.
      expect(seen.deliveries).toBeGreaterThan(WORLDS_PER_SEED);
      expect(seen.calm).toBeGreaterThan(0);
    },
    120_000,
  );
});
