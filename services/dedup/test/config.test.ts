import { describe, expect, test } from '@jest/globals';

import { dedupSection, dedupSettings } from '../src/index.ts';

const ENVIRONMENT = { prefix: 'tandem.', maxDecodedBytes: 1000, maxRecordBytes: 2000 };

describe('configuration', () => {
  test('the defaults are the HA tracker’s', () => {
    const config = dedupSection.parse(undefined);
    expect(config).toMatchObject({ cluster_label: 'cluster', replica_label: '__replica__', max_clusters: 100 });
    expect(dedupSettings(config, ENVIRONMENT)).toEqual({
      group: 'tandem.dedup',
      elections: {
        updateTimeoutMs: 15_000,
        updateTimeoutJitterMs: 5_000,
        failoverTimeoutMs: 30_000,
        failoverSampleTimeoutMs: 0,
        maxClusters: 100,
        idleTimeoutMs: 1_800_000,
      },
      overrides: [],
      fill: { enabled: true, up: 'leader' },
      fillOverrides: [],
      replicaLabel: '__replica__',
      replayWindowMs: 120_000,
      seamWindowMs: 120_000,
      commitIntervalMs: 100,
      commitBytes: 4_194_304,
      maxDecodedBytes: 1000,
      maxRecordBytes: 2000,
      leaseTtlMs: 60_000,
    });
  });

  test.each([
    [
      { update_timeout: '4s', update_timeout_jitter: '2s', failover_timeout: '5s' },
      'failover_timeout',
      'at least 7000 ms',
    ],
    [
      { overrides: [{}, { cluster: 'c', failover_timeout: '20s' }] },
      'overrides.1.failover_timeout',
      'at least 21000 ms',
    ],
    [{ idle_timeout: '29s' }, 'idle_timeout', 'not be below the failover timeout'],
    [{ max_clusters: -1 }, 'max_clusters', ''],
    [{ cluster_label: 'replica', replica_label: 'replica' }, 'replica_label', 'must not be the cluster label'],
    [
      { update_timeout: '4s', update_timeout_jitter: '4001ms' },
      'update_timeout_jitter',
      'must not be above update_timeout',
    ],
    [{ cluster_label: '' }, 'cluster_label', ''],
    [{ replay_window: '0s' }, 'replay_window', 'a duration'],
  ])('%j is refused, and the key is named', (config, key, message) => {
    const issues = dedupSection.safeParse(config).error?.issues ?? [];
    expect(issues.map(({ path }) => path.join('.'))).toEqual([key]);
    expect(issues[0]?.message).toContain(message);
  });

  test('the jitter may be all of the update timeout', () => {
    const config = { update_timeout: '4s', update_timeout_jitter: '4s' };
    expect(dedupSection.safeParse(config).success).toBe(true);
  });

  test('row 29: update timeout, jitter and a second fit into the failover timeout', () => {
    const config = { update_timeout: '4s', update_timeout_jitter: '2s', failover_timeout: '7s' };
    expect(dedupSection.safeParse(config).success).toBe(true);
  });
});
