import { describe, expect, it } from '@jest/globals';
import { alertHash, decideNotification, type Alert, type Notification, type NotificationEntry } from '@tandem/alerting';
import fc from 'fast-check';

import { FAILED, firing, SENT, Stage, START_MS, type Delivery, type Instance, type InstanceOptions } from './stage.ts';

const INTERVAL_MS = 20_000;
const STEP_MS = 5000;
const REPEAT_MS = 300_000;
const LENGTH_MS = 600_000;
/** After it nothing happens to the instances any more, so that what is to be told is told. */
const QUIET_MS = 250_000;

/** What a world does to its instances, its log and its receiver. */
interface World {
  readonly instances: readonly {
    /** Died at, ms from the start; killed without tidying up. */
    readonly killedAtMs: number | undefined;
    readonly latencyMs: number;
    /** When it could not reach the log. */
    readonly outage: Span | undefined;
    readonly skewMs: number;
    /** Its place, where what it knows of the others is not right. */
    readonly wrongPosition: number | undefined;
  }[];
  readonly receiver: {
    /** When it answers 500. */
    readonly fails: Span | undefined;
    readonly answerMs: readonly [number, ...number[]];
  };
  readonly alerts: readonly {
    readonly name: string;
    readonly n: string;
    readonly atMs: number;
    readonly lengthMs: number;
  }[];
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const within = (span: Span | undefined, timeMs: number): boolean =>
  span !== undefined && timeMs - START_MS >= span.fromMs && timeMs - START_MS < span.toMs;

const span = fc
  .tuple(fc.integer({ min: 0, max: QUIET_MS - 80_000 }), fc.integer({ min: 1, max: 80_000 }))
  .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));
const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const instance = fc.record({
  killedAtMs: sometimes(fc.nat(QUIET_MS)),
  latencyMs: fc.constantFrom(1, 20, 300),
  outage: sometimes(span),
  skewMs: fc.integer({ min: -200, max: 200 }),
  wrongPosition: sometimes(fc.nat(2)),
});
const world: fc.Arbitrary<World> = fc.record({
  // The first one lives, so that somebody is there to tell.
  instances: fc
    .tuple(instance, fc.array(instance, { maxLength: 4 }))
    .map(([first, others]) => [{ ...first, killedAtMs: undefined }, ...others]),
  receiver: fc.record({
    fails: sometimes(span),
    answerMs: fc.tuple(fc.constantFrom(1, 50, 4000, 9000), fc.constantFrom(1, 200, 7000)),
  }),
  alerts: fc.array(
    fc.record({
      name: fc.constantFrom('X', 'Y'),
      n: fc.constantFrom('1', '2', '3'),
      atMs: fc.nat(QUIET_MS - 30_000),
      lengthMs: fc.integer({ min: 5000, max: 200_000 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

async function play({ instances, receiver, alerts }: World): Promise<{ stage: Stage; alerts: readonly Alert[] }> {
  let requests = 0;
  const stage: Stage = new Stage({
    stepMs: STEP_MS,
    route: { groupIntervalMs: INTERVAL_MS, repeatIntervalMs: REPEAT_MS },
    receiver: ({ beganMs }) => ({
      afterMs: receiver.answerMs[requests++ % receiver.answerMs.length] ?? 1,
      outcome: within(receiver.fails, beganMs) ? FAILED : SENT,
    }),
  });
  const actors: Instance[] = [];
  for (const [index, traits] of instances.entries()) {
    actors.push(await stage.instance(optionsOf(stage, traits, index)));
  }
  instances.forEach(({ killedAtMs }, index) => {
    if (killedAtMs !== undefined) stage.time.after(killedAtMs, () => actors[index]?.kill());
  });
  const posted: Alert[] = [];
  for (const { name, n, atMs, lengthMs } of alerts) {
    stage.time.after(atMs, () => {
      const endsAtMs = stage.time.nowMs + lengthMs;
      const alert = firing(stage.time, { alertname: name, n }, { endsAtMs });
      posted.push(alert);
      for (const actor of actors) deliver(stage, actor, alert);
    });
  }
  await stage.run(LENGTH_MS);
  for (const actor of actors) actor.kill();
  return { stage, alerts: posted };
}

function optionsOf(stage: Stage, traits: World['instances'][number], index: number): InstanceOptions {
  return {
    name: `instance-${index}`,
    position: () => traits.wrongPosition ?? index,
    skewMs: traits.skewMs,
    conduct: {
      reachable: () => !within(traits.outage, stage.time.nowMs),
      latencyMs: () => traits.latencyMs,
    },
  };
}

/** An instance reads an alert some time after it was appended. */
function deliver(stage: Stage, actor: Instance, alert: Alert): void {
  stage.time.after(3, () => actor.put(alert));
}

/** Deliveries that nothing asked for, by what was delivered before. */
function doubles(deliveries: readonly Delivery[]): readonly Delivery[] {
  const told = new Map<string, NotificationEntry>();
  const found: Delivery[] = [];
  for (const delivery of deliveries.toSorted((a, b) => a.endedMs - b.endedMs)) {
    const known = told.get(delivery.key);
    const entry = entryOf(delivery.notification, delivery.endedMs);
    const flush = { firing: entry.firing, resolved: entry.resolved, sendResolved: true };
    // Ticks are not known here: a repetition may be due as of when it was delivered.
    if (!decideNotification(known, { ...flush, repeatIntervalMs: REPEAT_MS, nowMs: delivery.endedMs }).send) {
      found.push(delivery);
    }
    told.set(delivery.key, entry);
  }
  return found;
}

function entryOf({ target, alerts }: Notification, timestampMs: number): NotificationEntry {
  const hashes = (resolved: boolean): ReadonlySet<string> =>
    new Set(alerts.filter((alert) => alert.resolved === resolved).map(({ labels }) => alertHash(labels)));
  const expiresAtMs = Number.MAX_SAFE_INTEGER;
  return { target, timestampMs, firing: hashes(false), resolved: hashes(true), receiverData: new Map(), expiresAtMs };
}

/** Groups that nobody was told the last state of. */
function untold(deliveries: readonly Delivery[], alerts: readonly Alert[], nowMs: number): readonly string[] {
  const last = new Map<string, Delivery>();
  for (const delivery of deliveries) last.set(delivery.key, delivery);
  const expected = new Map<string, Set<string>>();
  for (const { labels, endsAtMs } of alerts) {
    const key = `{}:{alertname="${labels.get('alertname') ?? ''}"}`;
    const firingNow = expected.get(key) ?? new Set();
    if (endsAtMs > nowMs) firingNow.add(alertHash(labels));
    expected.set(key, firingNow);
  }
  return [...expected].flatMap(([key, firingNow]) => {
    const delivery = last.get(key);
    const told = delivery === undefined ? new Set<string>() : entryOf(delivery.notification, 0).firing;
    const missing = [...firingNow].filter((hash) => !told.has(hash));
    const unresolved = firingNow.size === 0 && told.size > 0;
    return missing.length > 0 || unresolved
      ? [`${key}: ${missing.length} missing, ${unresolved ? 'not' : ''} resolved`]
      : [];
  });
}

describe('whatever happens to instances, log and receiver', () => {
  it('every group is told of in the end, and nothing twice while the log can be reached and nobody dies', async () => {
    const seen = { worlds: 0, deliveries: 0, doubles: 0, calm: 0 };
    await fc.assert(
      fc.asyncProperty(world, async (setting) => {
        const { stage, alerts } = await play(setting);
        const calm = setting.instances.every(
          ({ killedAtMs, outage }) => killedAtMs === undefined && outage === undefined,
        );
        const failedOpen = stage.told.some(({ outcome }) => 'failOpen' in outcome && outcome.failOpen);
        seen.worlds += 1;
        seen.deliveries += stage.deliveries.length;
        seen.calm += calm ? 1 : 0;
        seen.doubles += doubles(stage.deliveries).length;
        expect(stage.errors).toEqual([]);
        expect(untold(stage.deliveries, alerts, stage.time.nowMs)).toEqual([]);
        expect(calm && failedOpen).toBe(false);
        const excused = doubles(stage.deliveries).filter((double) => !calm && isExcused(stage, setting, double));
        expect(doubles(stage.deliveries)).toEqual(excused);
      }),
      { numRuns: 120, endOnFailure: true },
    );
    // The worlds are worth it: things were told, and some of them twice, where nobody could know.
    expect(seen.deliveries).toBeGreaterThan(seen.worlds);
    expect(seen.calm).toBeGreaterThan(3);
    expect(seen.doubles).toBeGreaterThan(0);
  });
});

/** A double is excused where the log was away for somebody, or somebody died, about then; both are told of. */
function isExcused(stage: Stage, { instances }: World, { key, beganMs }: Delivery): boolean {
  const failedOpen = stage.told.some(
    ({ flush, outcome }) => flush.target.groupKey === key && 'failOpen' in outcome && outcome.failOpen,
  );
  const died = instances.some(({ killedAtMs }) => killedAtMs !== undefined && START_MS + killedAtMs <= beganMs);
  const outage = instances.some((traits) => traits.outage !== undefined && START_MS + traits.outage.fromMs <= beganMs);
  return failedOpen || died || outage;
}
