import { afterEach, describe, test } from '@jest/globals';

import { endOpenRuns } from './ending.ts';
import {
  expectFailoversAmidRebalances,
  expectFillsAmidKills,
  expectNoZombies,
  expectOneFailover,
  expectToScaleOut,
  expectToSurviveKills,
} from './scenario/expectations.ts';
import { rounds } from './scenario/rounds.ts';
import { EMBEDDED } from './stage/backend.ts';

const TIMEOUT_MS = 240_000 * rounds();

describe('services in processes of their own, on the embedded log', () => {
  afterEach(endOpenRuns, 60_000);

  test(
    'they are killed at random moments, then all at once: nothing is lost, nothing is there twice',
    () => expectToSurviveKills(EMBEDDED),
    TIMEOUT_MS,
  );

  test(
    'the elected replica stops while dedup is killed again and again: one election, no sample lost, none twice',
    () => expectOneFailover(EMBEDDED),
    TIMEOUT_MS,
  );

  test(
    'members of dedup are killed, join and leave: the others take their partitions over without loss or double',
    () => expectToScaleOut(EMBEDDED),
    TIMEOUT_MS,
  );

  test(
    'members of dedup join and leave every few seconds while replicas fail over: one election each, no sample lost, none twice',
    () => expectFailoversAmidRebalances(EMBEDDED),
    TIMEOUT_MS,
  );

  test(
    'members that stood still for longer than their session go on: they write nothing that others have written',
    () => expectNoZombies(EMBEDDED),
    TIMEOUT_MS,
  );

  test(
    'dedup is killed again and again while targets are filled and a living replica is succeeded: no scrape missing, none twice',
    () => expectFillsAmidKills(EMBEDDED),
    TIMEOUT_MS,
  );
});
