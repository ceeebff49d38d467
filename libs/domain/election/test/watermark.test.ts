import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Watermark, type WatermarkHold } from '../src/index.ts';

const SETTINGS = { delayMs: 70_000, patienceMs: 120_000 };
const NO_HOLDS = (): readonly WatermarkHold[] => [];

/** A watermark and the words of the tests; times are seconds. */
class Scene {
  readonly #watermark: Watermark;

  constructor(current = -Infinity) {
    this.#watermark = new Watermark(SETTINGS, current * 1000);
  }

  passed(key: string, sample: number, now: number, epoch = 1): this {
    this.#watermark.passed(key, { epoch, timestampMs: sample * 1000 }, now * 1000);
    return this;
  }

  expects(key: string): this {
    this.#watermark.expect(key, 1);
    return this;
  }

  at(now: number, holds: readonly WatermarkHold[] = []): number | undefined {
    const reachedMs = this.#watermark.advance(now * 1000, () => holds);
    return reachedMs === undefined ? undefined : reachedMs / 1000;
  }

  get waitedFor(): number {
    return this.#watermark.size;
  }
}

const reading = (key: string, epoch: number): WatermarkHold => ({ kind: 'reading', key, epoch });
const ending = (key: string, from: number): WatermarkHold => ({ kind: 'ending', key, fromMs: from * 1000 });

describe('the watermark of a partition', () => {
  test('is the delay behind the newest sample of the key that is furthest behind', () => {
    const scene = new Scene().passed('a', 500, 501).passed('b', 490, 501);
    expect(scene.at(502)).toBe(420);
  });

  test('W1: does not go back for a key that appears, or comes back, with what is older', () => {
    const scene = new Scene().passed('a', 500, 501);
    expect(scene.at(502)).toBe(430);
    scene.passed('late', 450, 503);
    expect(scene.at(504)).toBeUndefined();
    scene.passed('late', 502, 504).passed('a', 503, 505);
    expect(scene.at(506)).toBe(432);
  });

  test('follows at most once a second of log time', () => {
    const scene = new Scene().passed('a', 500, 501);
    expect(scene.at(502)).toBe(430);
    scene.passed('a', 502, 502);
    expect(scene.at(502.999)).toBeUndefined();
    expect(scene.at(503)).toBe(432);
  });

  test('a clock that is ahead counts as the log’s, and so does one sample of the far future', () => {
    const scene = new Scene().passed('a', 9999, 501);
    expect(scene.at(600)).toBe(431);
    scene.passed('a', 599, 601);
    expect(scene.at(602)).toBe(529);
  });

  test('W3: while a seam is read again it stays where the epochs before have ended, whatever comes of it', () => {
    const scene = new Scene().passed('a', 500, 501);
    expect(scene.at(540, [reading('a', 2)])).toBe(430);
    scene.passed('a', 520, 541, 2);
    expect(scene.at(550, [reading('a', 2)])).toBeUndefined();
    expect(scene.at(900, [reading('a', 2)])).toBeUndefined();
    scene.passed('a', 545, 901, 2);
    expect(scene.at(902)).toBe(475);
  });

  test('W3: a seam of which it is not known where it began holds it altogether', () => {
    const scene = new Scene().passed('b', 900, 901);
    expect(scene.at(902, [reading('a', 2)])).toBeUndefined();
    scene.passed('a', 850, 903, 2);
    expect(scene.at(904, [reading('a', 2)])).toBeUndefined();
    expect(scene.at(905)).toBe(780);
  });

  test('W3: series that are still to be ended hold it, until their key is not waited for any more', () => {
    const scene = new Scene().passed('a', 500, 501).passed('b', 500, 501);
    expect(scene.at(502, [ending('a', 400)])).toBe(399.999);
    for (let now = 510; now <= 630; now += 10) {
      scene.passed('b', now, now);
      expect(scene.at(now, [ending('a', 400)])).toBe(now < 630 ? undefined : 560);
    }
  });

  test('W4: a key that has fallen silent holds it for the patience, a pause of all does not count', () => {
    const scene = new Scene().passed('a', 500, 500).passed('b', 500, 500);
    expect(scene.at(500)).toBe(430);
    scene.passed('b', 5000, 5000);
    expect(scene.at(5001)).toBe(4331);
    expect(scene.waitedFor).toBe(2);
  });

  test('W4: one that is more than ten minutes behind is not waited for beyond that', () => {
    const scene = new Scene().passed('a', 0, 5000).passed('b', 5000, 5000);
    expect(scene.at(5000)).toBe(5000 - 600 - 70);
  });

  test('one of which it is not known how far it has come is waited for', () => {
    const scene = new Scene(100).expects('a').passed('b', 500, 500);
    expect(scene.at(501)).toBeUndefined();
    scene.passed('a', 499, 502);
    expect(scene.at(503)).toBe(429);
  });

  test('W1, W2, W4: ascends, stays behind everything that comes in time, and follows it', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 15_000 }),
      key: fc.constantFrom('a', 'b', 'c'),
      age: fc.integer({ min: 0, max: 69_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const watermark = new Watermark(SETTINGS, -Infinity);
        let nowMs = 1_000_000;
        for (const { wait, key, age } of steps) {
          nowMs += wait;
          const beforeMs = watermark.currentMs;
          const reachedMs = watermark.advance(nowMs, NO_HOLDS) ?? Infinity;
          expect(reachedMs).toBeGreaterThan(beforeMs);
          const timestampMs = nowMs - age;
          expect(timestampMs).toBeGreaterThan(watermark.currentMs);
          watermark.passed(key, { epoch: 1, timestampMs }, nowMs);
        }
        for (let i = 0; i < 30; i++) {
          nowMs += 5000;
          watermark.passed('a', { epoch: 1, timestampMs: nowMs }, nowMs);
          watermark.advance(nowMs, NO_HOLDS);
        }
        expect(watermark.currentMs).toBe(nowMs - SETTINGS.delayMs);
      }),
    );
  });
});
