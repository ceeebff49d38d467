import { expect } from '@jest/globals';

import { chosenSeed, type RunOptions, withRun } from '../run.ts';
import { Random } from '../random.ts';
import { failOver, type FailoverStory } from './failover.ts';
import { type Disturbance, failOverAmid, rebalance } from './failover-amid.ts';
import { killAtRandom } from './kills.ts';
import { fillAmidKills } from './fill-amid-kills.ts';
import { scaleOut } from './scale-out.ts';
import { pauseBeyondSession } from './zombie.ts';
import { type BackendSource } from '../stage/backend.ts';

/** Clusters that are spread over all partitions. */
export const SPREAD = ['c0', 'c1', 'c2', 'c3', 'c4'];

/** Clusters that fail over in turn. */
const PAIRS = ['c0', 'c1'];

/** Processes die at random: whatever was acknowledged is through, once. */
export async function expectToSurviveKills(source: BackendSource): Promise<void> {
  const size = { ingest: 2, dedup: 1, forward: 1 };
  const verdict = await withRun({ title: 'kills', source, size, clusters: ['c0', 'c1'] }, killAtRandom);
  expect(verdict.findings).toEqual([]);
}

/** One election more of the cluster whose replica stopped, after the timeout and not before; none of the others. */
export async function expectOneFailover(source: BackendSource): Promise<void> {
  const size = { ingest: 1, dedup: 1, forward: 1 };
  const clusters = ['c0', 'c1'];
  const failoverTimeoutMs = 5000;
  let story: FailoverStory | undefined;
  const verdict = await withRun({ title: 'failover', source, size, clusters, failoverTimeoutMs }, async (run) => {
    story = await failOver(run, 'c0');
  });
  expect(verdict.findings).toEqual([]);
  const elections = verdict.elections.map(({ cluster, epoch, replica }) => `${cluster} ${epoch} ${replica}`);
  const [other] = elections.filter((one) => one.startsWith('c1'));
  expect(elections.toSorted()).toEqual([`c0 1 ${story?.before ?? ''}`, `c0 2 ${story?.after ?? ''}`, other]);
  const second = verdict.elections.find(({ epoch }) => epoch === 2);
  expect(second?.silenceMs).toBeGreaterThanOrEqual(failoverTimeoutMs);
}

/** Members come, go and die: partitions move, nothing else changes. */
export async function expectToScaleOut(source: BackendSource): Promise<void> {
  const size = { ingest: 3, dedup: 2, forward: 2 };
  const verdict = await withRun({ title: 'scale-out', source, size, clusters: SPREAD }, scaleOut);
  expect(verdict.findings).toEqual([]);
}

/** Members that were paused beyond their session do not write what others have written. */
export async function expectNoZombies(source: BackendSource): Promise<void> {
  const size = { ingest: 1, dedup: 2, forward: 2 };
  const verdict = await withRun({ title: 'zombies', source, size, clusters: SPREAD }, pauseBeyondSession);
  expect(verdict.findings).toEqual([]);
}

/** Members of dedup join and leave every few seconds while replicas fail over: one election each, and no other. */
export async function expectFailoversAmidRebalances(source: BackendSource): Promise<void> {
  const size = { ingest: 1, dedup: 3, forward: 1 };
  const { stories, elections } = await failOversAmid({ title: 'rebalances', source, size, clusters: PAIRS }, rebalance);
  const firsts = stories.map(({ cluster, before }) => `${cluster} 1 ${before}`);
  const seconds = stories.map(({ cluster, after }) => `${cluster} 2 ${after}`);
  expect(elections.toSorted()).toEqual([...firsts, ...seconds].toSorted());
}

/** While replicas fail over something happens to what the pipeline stands on: each fails over, and nothing is lost. */
export async function expectFailoversAmid(options: RunOptions, disturb: Disturbance): Promise<void> {
  const { stories, elections } = await failOversAmid(options, disturb);
  // While the broker is away a sender may wait for its answer for longer than the timeout: that is a silence too.
  for (const { cluster, before, after } of stories) {
    expect(after).not.toBe(before);
    expect(elections).toEqual(expect.arrayContaining([expect.stringMatching(`^${cluster} \\d+ ${after}$`)]));
  }
}

async function failOversAmid(
  options: RunOptions,
  disturb: Disturbance,
): Promise<{ readonly stories: readonly FailoverStory[]; readonly elections: readonly string[] }> {
  let stories: readonly FailoverStory[] = [];
  const verdict = await withRun(options, async (run) => {
    stories = await failOverAmid(run, disturb);
  });
  expect(verdict.findings).toEqual([]);
  expect(stories).not.toEqual([]);
  return {
    stories,
    elections: verdict.elections.map(({ cluster, epoch, replica }) => `${cluster} ${epoch} ${replica}`),
  };
}

/** Dedup dies while targets are filled, and while their replica is succeeded: no scrape is missing, none is there twice. */
export async function expectFillsAmidKills(source: BackendSource, disturb?: () => Promise<unknown>): Promise<void> {
  const { findings, filled, elections } = await fillAmidKills(source, new Random(chosenSeed()), disturb);
  expect(findings).toEqual([]);
  expect(filled).toBeGreaterThan(0);
  expect(elections).toEqual(['1 a first-seen', '2 b score']);
}
