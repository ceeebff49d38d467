import { describe, expect, test } from '@jest/globals';
import { type LogLevel } from '@tandem/telemetry';

import { RunningConfig } from '../src/compose/reload.ts';
import { configFromText } from '../src/config/load.ts';
import { type TandemConfig } from '../src/config/schema.ts';

function running(text: string) {
  const logger: { level: LogLevel } = { level: 'info' };
  const told: TandemConfig[] = [];
  return {
    logger,
    told,
    config: new RunningConfig(configFromText(text), { logger, onDedup: (one) => told.push(one) }),
  };
}

describe('a configuration that is read again', () => {
  test('is applied as far as it decides in dedup, and the level of the log', () => {
    const { logger, told, config } = running('dedup: { failover_timeout: 30s }');
    const changed = configFromText('{ dedup: { failover_timeout: 40s }, log: { level: debug } }');
    expect(config.apply(changed)).toEqual({ applied: ['log.level', 'dedup.failover_timeout'], restart: [] });
    expect(logger.level).toBe('debug');
    expect(told.map(({ dedup }) => dedup.failover_timeout)).toEqual([40_000]);
    expect(config.apply(changed)).toEqual({ applied: [], restart: [] });
    expect(told).toHaveLength(1);
  });

  test('names what needs a restart each time, until it is as it was', () => {
    const { told, config } = running('storage: { path: a }');
    const changed = configFromText('{ storage: { path: b }, dedup: { replica_label: other, commit_interval: 1s } }');
    const restart = ['storage.path', 'dedup.replica_label', 'dedup.commit_interval'];
    expect(config.apply(changed)).toEqual({ applied: [], restart });
    expect(config.apply(changed)).toEqual({ applied: [], restart });
    expect(config.apply(configFromText('storage: { path: a }'))).toEqual({ applied: [], restart: [] });
    expect(told).toEqual([]);
  });

  test('dedup goes by the labels ingest was started with', () => {
    const { told, config } = running('dedup: { replica_label: one }');
    config.apply(configFromText('dedup: { replica_label: two, max_clusters: 7 }'));
    expect(told.map(({ dedup }) => [dedup.replica_label, dedup.max_clusters])).toEqual([['one', 7]]);
  });
});
