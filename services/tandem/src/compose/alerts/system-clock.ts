import { setTimeout as after } from 'node:timers/promises';

import { type AlertsClock } from '@tandem/alerts';

/** The longest delay a timer takes, ms. */
const LONGEST_MS = 2_147_483_647;

/** The machine's clock. */
export const SYSTEM_ALERTS_CLOCK: AlertsClock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    try {
      for (let leftMs = Math.max(0, ms); ; leftMs -= LONGEST_MS) {
        await after(Math.min(leftMs, LONGEST_MS), undefined, { signal });
        if (leftMs <= LONGEST_MS) return true;
      }
    } catch {
      return false;
    }
  },
};
