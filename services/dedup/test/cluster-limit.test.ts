import { describe, expect, test } from '@jest/globals';
import { type LogFields, NO_LOGGER } from '@tandem/telemetry';

import { ClusterLimit } from '../src/cluster-limit.ts';

function limit() {
  const lines: LogFields[] = [];
  const at = { nowMs: 0 };
  const clock = { now: () => at.nowMs, schedule: () => () => undefined };
  const logger = { ...NO_LOGGER, warn: (fields: LogFields) => lines.push(fields) };
  return { at, lines, limit: new ClusterLimit({ clock, logger }) };
}

describe('clusters over the limit', () => {
  test('are named in the log and for a minute in the status', () => {
    const { at, lines, limit: clusters } = limit();
    clusters.refused({ tenant: 't', cluster: 'c' });
    expect(lines).toEqual([{ tenant: 't', cluster: 'c' }]);
    expect(clusters.degraded).toEqual([
      'samples of cluster "c" are dropped: tenant "t" has as many clusters as it may (dedup.max_clusters)',
    ]);
    at.nowMs += 59_999;
    expect(clusters.degraded).toHaveLength(1);
    at.nowMs += 1;
    expect(clusters.degraded).toEqual([]);
  });

  test('are named for ten tenants at most, the last ones', () => {
    const { limit: clusters } = limit();
    for (let i = 0; i < 100; i++) clusters.refused({ tenant: `t${i % 20}`, cluster: `c${i}` });
    expect(clusters.degraded).toHaveLength(10);
    expect(clusters.degraded.at(-1)).toContain('"t19"');
  });
});
