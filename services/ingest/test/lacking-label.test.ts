import { describe, expect, test } from '@jest/globals';
import { type Identity } from '@tandem/remote-write';
import { createMetrics, type LogFields, NO_LOGGER } from '@tandem/telemetry';

import { lackingLabel, tellLackingLabel } from '../src/lacking-label.ts';
import { INGEST_METRICS } from '../src/metrics.ts';

const of = (cluster?: string, replica?: string): Identity => ({ kind: 'uniform', cluster, replica });

describe('a sender without one of the two labels', () => {
  test.each<[string, Identity, string | undefined]>([
    ['both', of('c', 'a'), undefined],
    ['none', of(), undefined],
    ['no replica', of('c'), 'replica'],
    ['no cluster', of(undefined, 'a'), 'cluster'],
    ['several senders', { kind: 'mixed' }, undefined],
  ])('is told by its series: %s', (_what, identity, lacks) => {
    expect(lackingLabel(identity)).toBe(lacks);
  });

  test('is counted, and named in the log with what to do', async () => {
    const registry = createMetrics({ version: 'test', processMetrics: false });
    const warnings: (readonly [LogFields, string])[] = [];
    const logger = { ...NO_LOGGER, warn: (fields: LogFields, message: string) => warnings.push([fields, message]) };
    const metrics = registry.instruments(INGEST_METRICS);
    const options = { metrics, logger, clusterLabel: 'cluster', replicaLabel: '__replica__' };
    tellLackingLabel(of('prod'), 't', options);
    tellLackingLabel(of('prod', 'a'), 't', options);
    expect(warnings).toEqual([
      [
        { tenant: 't', lacks: 'replica', of: 'prod', missing: '__replica__' },
        expect.stringContaining('external_labels'),
      ],
    ]);
    expect(await registry.render()).toContain('tandem_ingest_lacking_label_requests_total{lacks="replica"} 1');
  });
});
