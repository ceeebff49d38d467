import { describe, expect, test } from '@jest/globals';
import { TOPICS, topicName, topicSettings } from '../src/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const all = (more = {}): Map<string, ReturnType<typeof topicSettings>[number]> =>
  new Map(topicSettings({ prefix: 'tandem.', partitions: 12, ...more }).map((one) => [one.name, one]));

describe('the topics', () => {
  test('are all there, with prefix, partitions and a limit of one mebibyte', () => {
    const names = Object.keys(TOPICS).map((id) => `tandem.${id}`);
    expect([...all().keys()]).toEqual(names);
    for (const one of all().values()) expect(one).toMatchObject({ partitions: 12, maxRecordBytes: 1_048_576 });
    expect(topicName('other-', 'samples')).toBe('other-samples');
  });

  test('are either compacted or kept for a time', () => {
    for (const one of all().values()) {
      expect(one.retentionMs === undefined).toBe(one.policy === 'compact');
    }
    const compacted = [...all().values()].filter((one) => one.policy === 'compact').map((one) => one.name);
    expect(compacted.sort()).toEqual(
      ['alerts', 'clusters', 'members', 'nflog', 'silences'].map((id) => `tandem.${id}`),
    );
  });

  test('of samples are kept at least six hours unless told otherwise', () => {
    for (const id of ['samples', 'deduped', 'partials', 'rollups']) {
      expect(all().get(`tandem.${id}`)?.retentionMs).toBe(6 * HOUR);
      expect(all({ samplesRetentionMs: HOUR }).get(`tandem.${id}`)?.retentionMs).toBe(HOUR);
    }
  });

  test('of elections and commands outlive those of samples, whatever is chosen', () => {
    expect(all().get('tandem.elections')?.retentionMs).toBe(30 * DAY);
    for (const id of ['elections', 'commands']) {
      expect(all({ samplesRetentionMs: 60 * DAY }).get(`tandem.${id}`)?.retentionMs).toBe(61 * DAY);
    }
  });

  test('carry bytes and copies only where they were chosen', () => {
    expect(all().get('tandem.samples')).not.toHaveProperty('retentionBytes');
    expect(all().get('tandem.samples')).not.toHaveProperty('replicationFactor');
    const chosen = all({ samplesRetentionBytes: 1e9, replicationFactor: 3 });
    expect(chosen.get('tandem.samples')).toMatchObject({ retentionBytes: 1e9, replicationFactor: 3 });
    expect(chosen.get('tandem.alerts')).not.toHaveProperty('retentionBytes');
  });
});
