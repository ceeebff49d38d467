import { describe, expect, test } from '@jest/globals';

import { dedupSection, dedupSettings } from '../src/index.ts';

const ENVIRONMENT = { prefix: 'tandem.', spread: [], maxDecodedBytes: 1000, maxRecordBytes: 2000 };

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
        learned: null,
        failoverSampleTimeoutMs: 0,
        maxClusters: 100,
        maxReplicas: 16,
        idleTimeoutMs: 1_800_000,
        forgetAfterMs: 86_400_000,
        handover: { enabled: true, margin: 0.25, evaluations: 4, coolDownMs: 600_000 },
      },
      overrides: [],
      fill: { enabled: true, up: 'leader' },
      fillOverrides: [],
      outOfOrder: { rule: 'drop', overrides: [] },
      watermark: { delayMs: 70_000, patienceMs: 120_000 },
      replicaLabel: '__replica__',
      replayWindowMs: 120_000,
      seamWindowMs: 120_000,
      commitIntervalMs: 100,
      commitBytes: 4_194_304,
      spread: [],
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
    [{ failover_timeout: 'auto', idle_timeout: '4m' }, 'idle_timeout', 'not be below the failover timeout'],
    [{ failover_timeout: 'auto', failover_timeout_max: '9s' }, 'failover_timeout_min', 'must not be above the most'],
    [{ failover_timeout: 'automatic' }, 'failover_timeout', 'auto or a duration'],
    [{ max_replicas: 0 }, 'max_replicas', 'at least 1'],
    [{ handover_margin: 0 }, 'handover_margin', 'above 0'],
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

  test('auto is 30 s until it is learned, within its bounds; an override goes before it, either way', () => {
    const config = dedupSection.parse({
      failover_timeout: 'auto',
      overrides: [
        { cluster: 'c', failover_timeout: '40s', handover: false },
        { tenant: 't', failover_timeout: 'auto' },
      ],
    });
    const { elections, overrides } = dedupSettings(config, ENVIRONMENT);
    const learned = { leastMs: 10_000, mostMs: 300_000 };
    expect(elections).toMatchObject({ failoverTimeoutMs: 30_000, learned, handover: { enabled: true } });
    expect(overrides).toEqual([
      {
        tenant: 'anonymous',
        cluster: 'anonymous/c',
        settings: {
          failoverTimeoutMs: 40_000,
          learned: null,
          handover: { ...elections.handover, enabled: false },
        },
      },
      { tenant: 't', settings: { failoverTimeoutMs: 30_000, learned } },
    ]);
  });

  test('row 29: update timeout, jitter and a second fit into the failover timeout', () => {
    const config = { update_timeout: '4s', update_timeout_jitter: '2s', failover_timeout: '7s' };
    expect(dedupSection.safeParse(config).success).toBe(true);
  });
});
