import { expect, it } from '@jest/globals';
import { type TargetState } from '@tandem/alerting';

import { measuredNotificationLog, type NotificationLog } from '../src/index.ts';
import { quietMetrics } from './decisions/fixtures.ts';

it('counts what is asked of the notification log, how long it takes, and when it cannot be read', async () => {
  let nowMs = 0;
  const answers: (TargetState | undefined)[] = [{}, undefined];
  const log: NotificationLog = {
    readToEnd: () => {
      nowMs += 200;
      return Promise.resolve(answers.shift());
    },
    known: () => ({}),
    claim: () => Promise.resolve(true),
    record: () => Promise.resolve(),
    release: () => Promise.resolve(),
    changed: () => Promise.resolve(),
  };
  const metrics = quietMetrics();
  const measured = measuredNotificationLog(log, metrics, { now: () => nowMs });
  const { signal } = new AbortController();
  expect([await measured.readToEnd('k', signal), await measured.readToEnd('k', signal)]).toEqual([{}, undefined]);
  const lines = (await metrics.render()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'alertmanager_nflog_queries_total 2',
      'alertmanager_nflog_query_errors_total 1',
      'alertmanager_nflog_query_duration_seconds_sum 0.4',
      'alertmanager_nflog_query_duration_seconds_count 2',
    ]),
  );
});
