import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { FillTable, type FillSample } from '../src/index.ts';

const TARGET = '0000000a0000000b';
type Value = number | 'stale';

function sampleOf(value: Value, more: Partial<FillSample> = {}): FillSample {
  const stale = value === 'stale';
  const own = { targetHigh: 10, targetLow: 11, report: undefined, monotonic: false };
  return { value: stale ? NaN : value, stale, ...own, ...more };
}

/** A fill of one target; what it decides is about series 1/1 unless another is named. Times in seconds. */
class Fill {
  readonly table: FillTable;

  /** @param since from when on is known what went on, seconds */
  constructor(up: 'leader' | 'any' = 'leader', since = 0) {
    this.table = new FillTable(up);
    this.table.add([TARGET], since * 1000);
  }

  /** What went on before, of the elected replica. */
  before(...times: readonly number[]): this {
    const note = this.table.noting('elected');
    for (const at of times) note(1, 1, at * 1000, sampleOf(at));
    return this;
  }

  elected(at: number, value: Value = at, more: Partial<FillSample> = {}): boolean {
    return this.table.elected.admits(1, 1, at * 1000, sampleOf(value, more));
  }

  /** What waited. */
  returned(at: number, value: Value = at): boolean {
    return this.table.returned.admits(1, 1, at * 1000, sampleOf(value));
  }

  standby(at: number, value: Value = at, more: Partial<FillSample> = {}): boolean | 'waits' {
    const goesOn = this.table.standby.admits(1, 1, at * 1000, sampleOf(value, more));
    return this.table.takeUndecided() > 0 ? 'waits' : goesOn;
  }

  /** A report that the target is down, which has settled. */
  down(at: number): this {
    this.table.down([TARGET], at * 1000, at * 1000);
    this.table.advance(at * 1000 + 10_000);
    return this;
  }
}

/** Both scraped every 15 s; the elected replica's marker came at 45 s. */
const lost = (): Fill => {
  const fill = new Fill().before(0, 15, 30);
  expect(fill.elected(45, 'stale')).toBe(false);
  return fill;
};

describe('a series of a filled target', () => {
  test('of one sample and its end is as fast as these are apart: the end came with the scrape that failed', () => {
    const fill = new Fill().before(30);
    expect(fill.down(45).elected(45, 'stale')).toBe(false);
    expect(fill.standby(36)).toBe(false);
    expect(fill.standby(51)).toBe(true);
  });

  test('that only the standby had ends no later than the skew before the elected replica’s newest: another shard may bring it', () => {
    const fill = lost();
    expect(fill.standby(51)).toBe(true);
    fill.table.leaderReached(68_000);
    expect(fill.table.takeAbandoned()).toEqual([{ high: 1, low: 1, timestampMs: 58_000 }]);
  });

  test('that only the standby had, whose clock is ahead, ends right behind its last sample', () => {
    const fill = lost();
    expect(fill.standby(51)).toBe(true);
    fill.table.leaderReached(50_000);
    expect(fill.table.takeAbandoned()).toEqual([{ high: 1, low: 1, timestampMs: 51_001 }]);
  });

  test('of which nothing is known does not begin with what is older than what was looked back at: it may have ended there', () => {
    const fill = new Fill('leader', 60).down(90);
    expect(fill.standby(55)).toBe(false);
    expect(fill.standby(65, 'stale')).toBe(false);
    expect(fill.standby(75)).toBe(true);
  });

  test('is not taken for faster because its end was written, by somebody else’s clock, shortly before it came back', () => {
    const fill = new Fill().before(0, 15, 30);
    fill.table.noting('elected')(1, 1, 36_000, sampleOf('stale'));
    fill.before(45, 60);
    expect(fill.down(75).elected(75, 'stale')).toBe(false);
    expect(fill.standby(66)).toBe(false);
    expect(fill.standby(81)).toBe(true);
  });

  test('goes on as ever while the elected replica has it, and the standby’s samples wait', () => {
    const fill = new Fill().before(0, 15, 30);
    expect(fill.standby(36)).toBe('waits');
    expect(fill.standby(51)).toBe('waits');
    expect(fill.elected(45)).toBe(true);
    // What has been waiting is older now.
    expect(fill.standby(36)).toBe(false);
    expect(fill.standby(51)).toBe('waits');
  });

  test('D2, D3: its marker is held, and the standby goes on from half an interval behind the last sample on', () => {
    const fill = lost();
    expect([fill.standby(37.4), fill.standby(37.5), fill.standby(52.5)]).toEqual([false, true, true]);
    expect(fill.table.takeCounts()).toEqual({ held: 1, suppressed: 1 });
    expect(fill.table.takeHeld()).toEqual([]);
  });

  test('D4: is handed back half an interval behind what the standby sent; until then the standby’s wait', () => {
    const fill = lost();
    fill.standby(54);
    expect(fill.elected(60)).toBe(false);
    expect(fill.standby(69)).toBe('waits');
    expect(fill.elected(75)).toBe(true);
    expect(fill.standby(69)).toBe(false);
  });

  describe('that the elected replica has again, while the standby’s samples are late,', () => {
    /** The elected replica is back at 90 s; what went on ends at 51 s. */
    const late = (): Fill => {
      const fill = lost();
      fill.table.advance(60_000);
      expect(fill.standby(51)).toBe(true);
      fill.table.advance(92_000);
      expect(fill.elected(90)).toBe(false);
      expect(fill.table.waits.takeAdded()).toBe(1);
      return fill;
    };
    const isWaiting = (fill: Fill): boolean => fill.table.waits.has(1, 1, 90_000);

    test('D2: waits for them, and goes on behind those that fill the gap', () => {
      const fill = late();
      expect([fill.standby(66), isWaiting(fill)]).toEqual([true, true]);
      expect(fill.table.waits.takeOver()).toBe(false);
      expect([fill.standby(81), isWaiting(fill)]).toEqual([true, false]);
      expect(fill.table.waits.takeOver()).toBe(true);
      expect([fill.returned(90), fill.elected(105)]).toEqual([true, true]);
    });

    test('D5: of what the standby sent behind it the elected replica’s end is the only one', () => {
      const fill = late();
      expect([fill.standby(81), fill.standby(96, 'stale')]).toEqual([true, 'waits']);
      expect(fill.table.waits.takeOver()).toBe(true);
      // Held, and newer than the standby's: it is the one that goes on.
      expect([fill.returned(90), fill.elected(105, 'stale'), fill.standby(96, 'stale')]).toEqual([true, false, false]);
      expect(fill.table.takeHeld()).toHaveLength(1);
    });

    test('D10: waits for no longer than the skew', () => {
      const fill = late();
      fill.table.advance(101_999);
      expect(isWaiting(fill)).toBe(true);
      fill.table.advance(102_000);
      expect([isWaiting(fill), fill.returned(90)]).toEqual([false, true]);
      expect(fill.standby(81)).toBe(false);
    });

    test('D10: what comes behind a sample that waits does so too, and is judged in its order', () => {
      const fill = late();
      expect([fill.elected(105), fill.elected(120, 'stale')]).toEqual([false, false]);
      expect(fill.returned(90)).toBe(false);
      expect(fill.table.waits.takeAdded()).toBe(3);
      fill.table.waits.endAll();
      expect(fill.table.waits.takeOver()).toBe(true);
      expect([fill.returned(90), fill.returned(105), fill.returned(120, 'stale')]).toEqual([true, true, false]);
      expect(fill.standby(126)).toBe(true);
    });

    test('D10: what is older than the first that waits is judged as if nothing waited', () => {
      const fill = late();
      expect(fill.elected(72)).toBe(true);
      expect([fill.table.waits.takeAdded(), fill.table.waits.has(1, 1, 72_000), isWaiting(fill)]).toEqual([
        0,
        false,
        true,
      ]);
    });

    test('D10: a sample that is sent again while it waits changes nothing', () => {
      const fill = late();
      expect(fill.elected(90)).toBe(false);
      fill.table.waits.endAll();
      expect(fill.table.waits.takeOver()).toBe(true);
      expect([fill.returned(90), fill.elected(105)]).toEqual([true, true]);
    });
  });

  test('D2: a scrape that was missed between two others is waited for, too', () => {
    const fill = lost();
    expect(fill.elected(60)).toBe(false);
    expect([fill.standby(51), fill.table.waits.has(1, 1, 60_000)]).toEqual([true, false]);
    expect(fill.returned(60)).toBe(true);
  });

  test('a second failure is filled as the first one was, with what was waiting', () => {
    const fill = lost();
    fill.standby(54);
    expect(fill.elected(60)).toBe(false);
    expect(fill.standby(69)).toBe('waits');
    expect(fill.elected(75, 'stale')).toBe(false);
    expect(fill.standby(69)).toBe(true);
  });

  test('D5: the standby’s own marker takes the place of one that is held', () => {
    const fill = lost();
    expect(fill.standby(51, 'stale')).toBe(true);
    expect(fill.standby(52, 'stale')).toBe(false);
    expect(fill.table.takeHeld()).toEqual([]);
  });

  test('D5: one that is held ends its series where the standby ended it before: sent again later, it is a repeat', () => {
    const fill = lost();
    expect(fill.standby(44, 'stale')).toBe(false);
    expect(fill.table.takeOrphans()).toEqual([{ high: 1, low: 1, timestampMs: 45_000 }]);
    expect(fill.table.takeOrphans()).toEqual([]);
    expect(fill.standby(60)).toBe(true);
  });

  test('D5: a marker that is held goes on where the standby is an interval and 30 s past it without the series', () => {
    const fill = lost();
    fill.table.reached(89_999);
    expect(fill.table.takeOrphans()).toEqual([]);
    fill.table.reached(90_000);
    expect(fill.table.takeOrphans()).toEqual([{ high: 1, low: 1, timestampMs: 45_000 }]);
    expect(fill.table.takeOrphans()).toEqual([]);
  });

  test('what only the standby had ends when the fill does, one interval behind its last sample', () => {
    const fill = lost();
    fill.standby(51);
    fill.table.leaderReached(76_000);
    expect(fill.table.takeAbandoned()).toEqual([{ high: 1, low: 1, timestampMs: 66_000 }]);
    expect(fill.table.takeAbandoned()).toEqual([]);
  });

  test('a marker that is sent again is held again, and says nothing new', () => {
    const fill = lost();
    expect(fill.elected(45, 'stale')).toBe(false);
    expect(fill.table.takeCounts()).toEqual({ held: 1, suppressed: 0 });
  });

  test('an end without a series that anybody knows goes on', () => {
    expect(new Fill().elected(45, 'stale')).toBe(true);
  });

  test('without a marker, a report that is older than the skew does', () => {
    const fill = new Fill().before(0, 15, 30);
    fill.table.down([TARGET], 45_000, 46_000);
    fill.table.advance(55_999);
    expect(fill.standby(51)).toBe('waits');
    fill.table.advance(56_000);
    expect(fill.table.takeTurned()).toBe(true);
    expect(fill.standby(51)).toBe(true);
  });

  test('a series the elected replica never had begins once a report has settled, but not with its end', () => {
    const fill = new Fill();
    expect(fill.standby(51)).toBe('waits');
    fill.down(45);
    expect(fill.standby(50, 'stale')).toBe(false);
    expect(fill.standby(51)).toBe(true);
  });

  test('a counter does not fall for a clock that is ahead: two samples and 30 s', () => {
    const fill = lost();
    const counter = { monotonic: true };
    expect([
      fill.standby(38, 20, counter),
      fill.standby(53, 25, counter),
      fill.standby(60, 29, counter),
      fill.standby(61, 29.5, counter),
    ]).toEqual([false, false, true, true]);
  });

  test('other targets, and what a scrape says of itself, are none of its business', () => {
    const fill = new Fill().down(45);
    expect(fill.elected(45, 'stale', { targetLow: 12 })).toBe(true);
    expect(fill.standby(51, 1, { targetLow: 12 })).toBe(false);
    expect(fill.elected(45, 0, { report: 'up' })).toBe(true);
    expect(fill.standby(51, 1, { report: 'up' })).toBe(false);
    expect(fill.standby(51, 0.1, { report: 'scrape' })).toBe(false);
  });

  test('with any, an up of 0 hands up over: the standby’s 1 goes on until the elected replica’s 1', () => {
    const fill = new Fill('any');
    const up = { report: 'up' } as const;
    expect([fill.elected(30, 1, up), fill.elected(45, 0, up)]).toEqual([true, true]);
    expect([fill.standby(51, 1, up), fill.standby(66, 1, up), fill.elected(75, 0, up)]).toEqual([false, true, false]);
    expect([fill.standby(81, 1, up), fill.elected(90, 1, up)]).toEqual([true, true]);
  });
});

test('D1: whatever the two replicas send, in whatever order, a series goes on in ascending order', () => {
  const event = fc.record({
    by: fc.constantFrom('elected', 'standby', 'down'),
    at: fc.integer({ min: 0, max: 200 }),
    value: fc.oneof(fc.constant('stale' as const), fc.integer({ min: 0, max: 9 })),
    monotonic: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const fill = new Fill();
      let last = -Infinity;
      for (const { by, at, value, monotonic } of events) {
        if (by === 'down') fill.down(at);
        const goesOn =
          by === 'standby' ? fill.standby(at, value, { monotonic }) : by === 'elected' && fill.elected(at, value);
        // The table of last samples tells what of the elected replica is a repeat; it holds the standby back by itself.
        if (goesOn !== true || (by === 'elected' && at <= last)) continue;
        expect(at).toBeGreaterThan(last);
        last = at;
      }
    }),
  );
});
