import { describe, expect, it } from '@jest/globals';
import { type Integration, type Notification, type SendOutcome } from '@tandem/alerting';

import { sendWithRetries } from '../src/notify/attempts.ts';

const NOTIFICATION: Notification = {
  target: { groupKey: '{}:{}', receiver: 'ops', integration: 'webhook', index: 0 },
  groupLabels: new Map(),
  routeLabels: new Map(),
  reason: 'first notification',
  alerts: [],
  receiverData: new Map(),
};
const CUT: SendOutcome = { outcome: 'retry', reason: 'contextDeadlineExceeded', message: 'cut' };
const ERROR_500: SendOutcome = { outcome: 'retry', reason: 'serverError', message: '500' };
const clock = {
  now: () => 0,
  sleep: (_ms: number, signal: AbortSignal) => Promise.resolve(!signal.aborted),
};

/** Attempts that come to these outcomes; the flush is over within the last one. */
async function attempted(outcomes: readonly SendOutcome[]) {
  const over = new AbortController();
  const left = [...outcomes];
  const integration: Integration = {
    type: 'webhook',
    index: 0,
    sendResolved: true,
    send: () => {
      const outcome = left.shift() ?? CUT;
      if (left.length === 0) over.abort();
      return Promise.resolve(outcome);
    },
  };
  const { signal } = over;
  return sendWithRetries(integration, NOTIFICATION, {
    clock,
    random: () => 0,
    signal,
    cut: signal,
    onAttempt: () => undefined,
  });
}

describe('attempts until the flush is over', () => {
  it('fail as the last one that was answered did, as upstream counts it', async () => {
    await expect(attempted([ERROR_500, CUT])).resolves.toEqual({
      outcome: 'failed',
      attempts: 2,
      reason: 'serverError',
      message: '500',
    });
  });

  it('fail as cut short where none was answered', async () => {
    await expect(attempted([CUT])).resolves.toMatchObject({ reason: 'contextDeadlineExceeded', attempts: 1 });
  });
});
