import { describe, expect, test } from '@jest/globals';

import {
  alertsTandemConfig,
  ALERTS_TANDEM_DEFAULTS,
  type AlertsTandemSources,
} from '../../src/alerts/tandem-config.ts';
import { configFromText } from '../../src/config/load.ts';

async function configOf(sources: Partial<AlertsTandemSources> = {}) {
  const all = { flags: [], file: undefined, storagePath: undefined, environment: {}, ...sources };
  return (await alertsTandemConfig(all)).config;
}

describe('the Tandem configuration of tandem alerts', () => {
  test('P7: is what the schema makes of nothing, where nothing is configured', async () => {
    const { storage, stream, alerts } = configFromText('');
    expect(ALERTS_TANDEM_DEFAULTS).toStrictEqual({ storage, stream, alerts });
    expect(await configOf()).toStrictEqual(ALERTS_TANDEM_DEFAULTS);
  });

  test('P7: takes the path of the storage, with the schema and without it', async () => {
    expect((await configOf({ storagePath: '/d' })).storage.path).toBe('/d');
    const config = await configOf({ storagePath: '/d', flags: ['--stream.partitions=3'] });
    expect([config.storage.path, config.stream.partitions]).toEqual(['/d', 3]);
  });

  test('takes what a flag says', async () => {
    expect((await configOf({ flags: ['--alerts.mode=owners'] })).alerts.mode).toBe('owners');
  });

  test('refuses an empty path of the storage', async () => {
    await expect(configOf({ storagePath: '' })).rejects.toThrow('storage.path');
  });

  test('refuses a file that is not there', async () => {
    await expect(configOf({ file: '/nowhere/tandem.yaml' })).rejects.toThrow('/nowhere/tandem.yaml');
  });
});
