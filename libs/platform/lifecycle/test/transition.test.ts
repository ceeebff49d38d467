import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { APP_EVENTS, APP_STATES, transition } from '../src/index.ts';

/** The rows of SPEC.md's table of transitions: state, event, what becomes of it. */
function specified(): readonly (readonly [string, string, string])[] {
  const spec = readFileSync(join(import.meta.dirname, '../SPEC.md'), 'utf8');
  const section = spec.split('## Transitions')[1]?.split('## Invariants')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  const events = rows[0]?.slice(1) ?? [];
  return rows
    .slice(2)
    .flatMap(([state = '', ...cells]) => cells.map((cell, index) => [state, events[index] ?? '', cell] as const));
}

describe('transitions', () => {
  test('every state and event has its cell in SPEC.md', () => {
    const cells = APP_STATES.flatMap((state) => APP_EVENTS.map((event) => `${state} ${event}`));
    expect(specified().map(([state, event]) => `${state} ${event}`)).toEqual(cells);
  });

  test.each(specified())('%s × %s: %s', (state, event, expected) => {
    const [known, named] = [APP_STATES.find((name) => name === state), APP_EVENTS.find((name) => name === event)];
    if (known === undefined || named === undefined) throw new Error('SPEC.md has an unknown state or event');
    const [usual, afterFault] = expected.split(', after a fault ');
    expect(transition(known, named)).toBe(usual);
    expect(transition(known, named, true)).toBe(afterFault ?? usual);
  });
});
