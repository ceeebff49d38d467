import { describe, expect, test } from '@jest/globals';

import { checkElectionSettings, DEFAULT_ELECTION_SETTINGS } from '../src/index.ts';
import { settingsOf } from './cluster-log.ts';

describe('settings', () => {
  test('the defaults are sound', () => {
    expect(checkElectionSettings(DEFAULT_ELECTION_SETTINGS)).toBeUndefined();
  });

  test('row 29: a negative jitter is refused', () => {
    expect(checkElectionSettings(settingsOf(4, 7, { updateTimeoutJitterMs: -1 }))).toMatchObject({
      setting: 'updateTimeoutJitterMs',
    });
  });

  test('row 29: the failover timeout covers update timeout, jitter and a second', () => {
    expect(checkElectionSettings(settingsOf(4, 5, { updateTimeoutJitterMs: 2000 }))).toEqual({
      setting: 'failoverTimeoutMs',
      problem: 'it must be at least 7000 ms: update timeout, jitter and a second',
    });
    expect(checkElectionSettings(settingsOf(4, 7, { updateTimeoutJitterMs: 2000 }))).toBeUndefined();
  });

  test('a cluster is not idle before it fails over', () => {
    expect(checkElectionSettings(settingsOf(15, 30, { idleTimeoutMs: 29_999 }))).toMatchObject({
      setting: 'idleTimeoutMs',
    });
  });
});
