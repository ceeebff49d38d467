import { describe, expect, test } from '@jest/globals';
import { type TopicSettings } from '@tandem/stream';
import { configurationMismatches, topicConfiguration } from '../../src/topics/configuration.ts';

const KEPT: TopicSettings = {
  name: 't',
  partitions: 4,
  policy: 'delete',
  retentionMs: 21_600_000,
  maxRecordBytes: 1_048_576,
};

function changed(settings: TopicSettings, changes: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries({ ...topicConfiguration(settings), ...changes }));
}

describe('the configuration of a topic', () => {
  test('has the log’s own time, leaves values as they are, and has room for headers', () => {
    const configuration = topicConfiguration(KEPT);
    expect(configuration).toMatchObject({
      'message.timestamp.type': 'LogAppendTime',
      'compression.type': 'producer',
      'cleanup.policy': 'delete',
      'retention.ms': '21600000',
    });
    expect(Number(configuration['max.message.bytes'])).toBeGreaterThan(KEPT.maxRecordBytes);
  });

  test('asks for two in-sync replicas where there are three copies', () => {
    expect(topicConfiguration({ ...KEPT, replicationFactor: 3 })['min.insync.replicas']).toBe('2');
    expect(topicConfiguration({ ...KEPT, replicationFactor: 2 })).not.toHaveProperty(['min.insync.replicas']);
  });

  test('closes segments several times per retention, so that retention takes effect', () => {
    expect(Number(topicConfiguration(KEPT)['segment.ms'])).toBeLessThanOrEqual(21_600_000 / 4);
  });

  test('of a compacted topic keeps no age limit', () => {
    const compacted = topicConfiguration({ name: 't', partitions: 1, policy: 'compact', maxRecordBytes: 1 });
    expect(compacted).not.toHaveProperty(['retention.ms']);
    expect(compacted['cleanup.policy']).toBe('compact');
  });
});

describe('a topic checked', () => {
  test('of three copies is named where one broker is enough for an acknowledgement', () => {
    const copied = { ...KEPT, replicationFactor: 3 };
    expect(configurationMismatches(copied, changed(copied, { 'min.insync.replicas': '1' }))).toEqual([
      { topic: 't', setting: 'min.insync.replicas', expected: '2', actual: '1' },
    ]);
  });

  test('as it was created has no mismatch', () => {
    expect(configurationMismatches(KEPT, changed(KEPT, {}))).toEqual([]);
  });

  test.each([
    ['message.timestamp.type', 'CreateTime'],
    ['cleanup.policy', 'compact'],
    ['max.message.bytes', '1000'],
    ['retention.ms', '3600000'],
    ['retention.bytes', '1000'],
    ['compression.type', 'zstd'],
  ])('is named with its %s of %s', (setting, actual) => {
    expect(configurationMismatches(KEPT, changed(KEPT, { [setting]: actual }))).toEqual([
      { topic: 't', setting, expected: topicConfiguration(KEPT)[setting], actual },
    ]);
  });

  test.each([
    ['retention.ms', '99999999999'],
    ['retention.ms', '-1'],
    ['max.message.bytes', '99999999'],
    ['segment.bytes', '1048576'],
  ])('may have more, or what does not matter: %s of %s', (setting, actual) => {
    expect(configurationMismatches(KEPT, changed(KEPT, { [setting]: actual }))).toEqual([]);
  });
});
