import { type Metrics } from '@tandem/telemetry';

import { type AlertsClock } from '../clock.ts';
import { NFLOG_METRICS } from '../metrics/nflog.ts';
import { type NotificationLog } from './notification-log.ts';

/** A notification log whose queries are counted, as upstream counts them; the rest it does as it did. */
export function measuredNotificationLog(
  log: NotificationLog,
  metrics: Metrics,
  clock: Pick<AlertsClock, 'now'>,
): NotificationLog {
  const { queries, queryErrors, queryDuration } = metrics.instruments(NFLOG_METRICS);
  return {
    readToEnd: async (key, signal) => {
      const beganMs = clock.now();
      queries.inc();
      const state = await log.readToEnd(key, signal);
      queryDuration.observe((clock.now() - beganMs) / 1000);
      if (state === undefined) queryErrors.inc();
      return state;
    },
    known: (key) => log.known(key),
    claim: (target, claim, forMs) => log.claim(target, claim, forMs),
    record: (entry, claim) => log.record(entry, claim),
    release: (target, claim) => log.release(target, claim),
    changed: (key, signal) => log.changed(key, signal),
  };
}
