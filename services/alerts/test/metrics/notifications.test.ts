import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Integration, type Suppression } from '@tandem/alerting';
import { type Metrics } from '@tandem/telemetry';

import { NotificationMetrics, type TargetFlush } from '../../src/index.ts';
import { alertOf, flushOf, groupWith, nothingSuppressed, quietMetrics } from '../decisions/fixtures.ts';

const { group, alerts } = groupWith([alertOf({ alertname: 'A', i: '1' }), alertOf({ alertname: 'A', i: '2' })]);
const flush: TargetFlush = flushOf(group);
const integrations = new Map<string, readonly Integration[]>([['team', [flush.integration, flush.integration]]]);

let metrics: Metrics;
beforeEach(() => {
  metrics = quietMetrics();
});

/** The series of a name, as they are shown. */
async function series(name: string): Promise<readonly string[]> {
  const text = await metrics.render();
  return text.split('\n').filter((line) => line.startsWith(`alertmanager_${name}{`));
}

describe('metrics of notifications', () => {
  it('are there at 0 for every type of integration and every reason from the start', async () => {
    new NotificationMetrics(metrics, false).initialise(integrations);
    await expect(series('notifications_total')).resolves.toHaveLength(18);
    await expect(series('notifications_total')).resolves.toContain(
      'alertmanager_notifications_total{integration="webhook"} 0',
    );
    await expect(series('notifications_failed_total')).resolves.toHaveLength(18 * 7);
    await expect(series('notification_requests_failed_total')).resolves.toHaveLength(18);
    await expect(series('notification_latency_seconds_count')).resolves.toContain(
      'alertmanager_notification_latency_seconds_count{integration="webhook"} 0',
    );
  });

  it('are those of each receiver where receivers are told', async () => {
    const counted = new NotificationMetrics(metrics, true);
    counted.initialise(integrations);
    counted.ended(flush, {
      kind: 'sent',
      reason: 'first notification',
      attempts: 1,
      answer: '',
      failOpen: false,
      alerts,
    });
    await expect(series('notifications_total')).resolves.toEqual([
      'alertmanager_notifications_total{integration="webhook",receiver_name="team"} 1',
    ]);
  });

  it('count notifications once and attempts each, with the reason of the last one', async () => {
    const counted = new NotificationMetrics(metrics, false);
    counted.attempt(flush, { outcome: 'retry', reason: 'serverError', message: '' }, 1, 500);
    counted.attempt(flush, { outcome: 'failed', reason: 'clientError', message: '' }, 2, 6000);
    counted.ended(flush, { kind: 'failed', attempts: 2, reason: 'clientError', message: '', failOpen: false });
    counted.attempt(flush, { outcome: 'sent', answer: '200 OK' }, 1, 30);
    counted.ended(flush, {
      kind: 'sent',
      reason: 'first notification',
      attempts: 1,
      answer: '',
      failOpen: false,
      alerts,
    });
    await expect(series('notifications_total')).resolves.toEqual([
      'alertmanager_notifications_total{integration="webhook"} 2',
    ]);
    await expect(series('notifications_failed_total')).resolves.toEqual([
      'alertmanager_notifications_failed_total{integration="webhook",reason="clientError"} 1',
    ]);
    await expect(series('notification_requests_total')).resolves.toEqual([
      'alertmanager_notification_requests_total{integration="webhook"} 3',
    ]);
    await expect(series('notification_requests_failed_total')).resolves.toEqual([
      'alertmanager_notification_requests_failed_total{integration="webhook"} 2',
    ]);
    await expect(series('notification_latency_seconds_bucket')).resolves.toEqual(
      ['1', '5', '10', '15', '20', '+Inf'].map(
        (le, index) =>
          `alertmanager_notification_latency_seconds_bucket{le="${le}",integration="webhook"} ${index < 2 ? 2 : 3}`,
      ),
    );
  });

  it('do not count flushes that had nothing to send, or could not begin', async () => {
    const counted = new NotificationMetrics(metrics, false);
    counted.ended(flush, { kind: 'skipped', reason: 'unchanged' });
    counted.ended(flush, { kind: 'suppressed', suppression: nothingSuppressed([]) });
    counted.ended(flush, { kind: 'held', owner: 'b' });
    counted.ended(flush, { kind: 'stopped' });
    await expect(series('notifications_total')).resolves.toEqual([]);
  });

  it('count the alerts that are left out, by what keeps them back', async () => {
    const counted = new NotificationMetrics(metrics, false);
    const [first, second] = alerts;
    if (first === undefined || second === undefined) throw new Error('there are two alerts');
    const nothing = nothingSuppressed([]);
    const told = (own: Partial<Suppression>): void => counted.suppressed(group, { ...nothing, ...own });
    told({
      silenced: [{ alert: first, ids: ['a', 'b'] }],
      inhibited: [
        {
          alert: second,
          by: { source: first.fingerprint, rule: { name: '', source: [], target: [], equal: [] } },
        },
      ],
    });
    told({ muted: alerts, mutedBy: { reason: 'mute-time', names: ['night', 'weekend'] } });
    told({ muted: [first], mutedBy: { reason: 'not-active-time', names: ['day'] } });
    await expect(series('notifications_suppressed_total')).resolves.toEqual([
      'alertmanager_notifications_suppressed_total{reason="inhibition"} 1',
      'alertmanager_notifications_suppressed_total{reason="silence"} 1',
      'alertmanager_notifications_suppressed_total{reason="mute_time_interval"} 2',
      'alertmanager_notifications_suppressed_total{reason="active_time_interval"} 1',
    ]);
  });
});
