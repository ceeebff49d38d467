import { describe, expect, it } from '@jest/globals';
import { type NotificationDecision } from '@tandem/records';

import { decisionInWords } from '../../src/decisions/decision-words.ts';
import { decisionOf, T0 } from './fixtures.ts';

const ALERTS = [{ n: '1' }, { n: '2' }, { n: '3' }];

function suppressedOf(over: Partial<NotificationDecision>): NotificationDecision {
  const [first, second, third] = decisionOf({}, ALERTS).alerts;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three alerts');
  const alerts = [
    { ...first, inhibitedBy: 'ff', inhibitRule: 'sites' },
    { ...second, silencedBy: ['s1', 's2'] },
    { ...third, silencedBy: ['s1', 's2'] },
  ];
  const ended = { outcome: 'suppressed', reason: 'inhibited and silenced', attempts: 0, suppressed: 3 };
  return decisionOf({ ...ended, alerts, firing: 3, ...over });
}

describe('a decision in words', () => {
  it.each<readonly [string, NotificationDecision, string]>([
    [
      'what was sent, how often it was tried, and how long was waited',
      decisionOf({ attempts: 2, resolved: 1, position: 2, waitedMs: 10_000 }, ALERTS),
      'told of 3 firing and 1 resolved: first notification (2 attempts, 200 OK); waited 10s at position 2',
    ],
    [
      'that it failed open',
      decisionOf({ failOpen: true }, ALERTS),
      'told of 3 firing: first notification (1 attempt, 200 OK); the log was away: others may have told it too',
    ],
    [
      'that nothing needed to be sent',
      decisionOf({ attempts: 0, reason: 'all alerts resolved' }),
      'counts as told: all alerts resolved, and the integration does not want to hear of resolved alerts',
    ],
    [
      'what kept alerts back, the same once',
      suppressedOf({}),
      'not told: inhibited and silenced; 3 alerts kept back: 1 inhibited by alert ff (rule sites), 2 silenced by s1, s2',
    ],
    [
      'which time interval did',
      suppressedOf({ alerts: [], reason: 'muted', mutedBy: ['nights'], suppressed: 3 }),
      'not told: muted; 3 alerts kept back: muted by nights',
    ],
    [
      'within which time interval it would have been told',
      suppressedOf({ alerts: [], reason: 'not active', mutedBy: ['office hours'], alertsCut: 2 }),
      'not told: not active; 3 alerts kept back: outside of office hours (2 alerts are not listed)',
    ],
    [
      'that some were kept back and others told',
      suppressedOf({ outcome: 'sent', reason: 'new alerts added', attempts: 1, firing: 4 }),
      'told of the rest of 4 firing: new alerts added (1 attempt, 200 OK); 3 alerts kept back: 1 inhibited by alert ff (rule sites), 2 silenced by s1, s2',
    ],
    [
      'why it could not be told, and when it is tried again',
      decisionOf({ outcome: 'failed', reason: 'serverError', detail: '503', attempts: 7 }),
      'could not be told: serverError after 7 attempts: 503; the next tick, 2026-03-01T03:17:00.000Z, tries again',
    ],
    [
      'who had the claim',
      decisionOf({ outcome: 'held', reason: 'claimed by another instance', claimHolder: 'b' }),
      'not told by this instance: b had the claim until the end; the next tick, 2026-03-01T03:17:00.000Z, tries again',
    ],
    [
      'that the instance stopped',
      decisionOf({ outcome: 'stopped', reason: 'the instance stopped' }),
      'not told: the instance stopped before it began to send',
    ],
    [
      'that there is nothing to tell',
      decisionOf({ outcome: 'skipped', reason: 'nothing firing' }),
      'not told: nothing fires, and nothing was told before',
    ],
    [
      'that the end was told already',
      decisionOf({ outcome: 'skipped', reason: 'already resolved', lastToldAtMs: T0 }),
      'not told: it was told at 2026-03-01T03:12:00.000Z that all is resolved',
    ],
    [
      'that nobody is to be told',
      decisionOf({ outcome: 'skipped', reason: 'no integrations' }),
      'not told: the receiver has no integrations',
    ],
    [
      'how often the decision before repeated',
      decisionOf({ outcome: 'skipped', reason: 'no integrations', repeats: 3, lastRepeatMs: T0 }),
      'not told: the receiver has no integrations; the decision before had repeated 3 times, until 2026-03-01T03:12:00.000Z',
    ],
    [
      'what a later version says, as it says it',
      decisionOf({ outcome: 'postponed', reason: 'by moon' }),
      'postponed: by moon',
    ],
  ])('tells %s', (_, decision, words) => {
    expect(decisionInWords(decision)).toBe(words);
  });
});
