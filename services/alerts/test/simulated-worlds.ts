import fc from 'fast-check';

import { FAILED, SENT, START_MS, WholeWorld, type Process } from './whole-world.ts';

const CONFIG = `
route: { receiver: team, group_by: [alertname], group_wait: 1s, group_interval: 12s, repeat_interval: 1h }
receivers: [{ name: team }]
`;
/** What happens happens within. */
const EVENTS_MS = 60_000;
/** After it nothing happens to the instances any more, so that what is to be told is told: two deadlines of flushes. */
const LENGTH_MS = 230_000;
const HEARTBEAT_MS = 2500;
const REPOST_MS = 10_000;

interface Span {
  readonly fromMs: number;
  readonly forMs: number;
}

/** What a world does to its instances, its log and its receiver. */
export interface World {
  readonly instances: readonly {
    readonly killedAtMs: number | undefined;
    /** How long after it was killed it is started again; absent: never. */
    readonly backAfterMs: number | undefined;
    readonly latencyMs: number;
    readonly skewMs: number;
    /** When it could not reach the log. */
    readonly outage: Span | undefined;
  }[];
  readonly mode: 'all' | 'owners';
  readonly fails: Span | undefined;
  readonly answerMs: number;
  readonly posts: readonly {
    readonly to: number;
    readonly name: string;
    readonly n: string;
    readonly atMs: number;
    readonly lengthMs: number;
  }[];
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const span = fc.record({ fromMs: fc.nat(EVENTS_MS), forMs: fc.integer({ min: 1000, max: 20_000 }) });
const instance = fc.record({
  killedAtMs: sometimes(fc.nat(EVENTS_MS)),
  backAfterMs: sometimes(fc.integer({ min: 100, max: 20_000 })),
  latencyMs: fc.constantFrom(1, 20, 150),
  skewMs: fc.constantFrom(0, 0, 200, -200, 3000, -3000),
  outage: sometimes(span),
});
/** Worlds of all kinds; one in four has no trouble. */
export const world: fc.Arbitrary<World> = fc.record({
  // The first one comes back, so that somebody is there to tell.
  instances: fc
    .tuple(instance, fc.array(instance, { maxLength: 4 }), fc.nat(3))
    .map(([first, others, calm]) =>
      [{ ...first, backAfterMs: first.backAfterMs ?? 1000 }, ...others].map((one) =>
        calm === 0 ? { ...one, killedAtMs: undefined, outage: undefined } : one,
      ),
    ),
  mode: fc.constantFrom('all' as const, 'owners' as const),
  fails: sometimes(span),
  answerMs: fc.constantFrom(1, 50, 4000),
  posts: fc.array(
    fc.record({
      to: fc.nat(4),
      name: fc.constantFrom('X', 'Y'),
      n: fc.constantFrom('1', '2'),
      atMs: fc.integer({ min: 2000, max: EVENTS_MS }),
      lengthMs: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 3000, max: 40_000 }) },
        { weight: 1, arbitrary: fc.constant(110_000) },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

function within(one: Span | undefined, nowMs: number): boolean {
  const ms = nowMs - START_MS;
  return one !== undefined && ms >= one.fromMs && ms < one.fromMs + one.forMs;
}

/** A world that was played. */
export interface Played {
  readonly world: WholeWorld;
  readonly alive: readonly Process[];
  /** Whether the log could be reached all the time, and nobody died. */
  readonly isCalm: boolean;
}

/** When nothing happens any more to instances and receiver, ms from the start. */
export function endOfTrouble({ instances, fails }: World): number {
  const spans = [fails, ...instances.map(({ outage }) => outage)].map((one) =>
    one === undefined ? 0 : one.fromMs + one.forMs,
  );
  const lives = instances.map(({ killedAtMs, backAfterMs }) =>
    killedAtMs === undefined ? 0 : killedAtMs + (backAfterMs ?? 0),
  );
  return Math.max(...spans, ...lives);
}

/** Plays a world to its end. */
export async function play({ instances, mode, fails, answerMs, posts }: World): Promise<Played> {
  const stage: WholeWorld = new WholeWorld({
    config: CONFIG,
    heartbeatMs: HEARTBEAT_MS,
    settings: { mode, stepMs: 2000, alertsGcIntervalMs: 20_000 },
    receiver: ({ beganMs }) => ({ afterMs: answerMs, outcome: within(fails, beganMs) ? FAILED : SENT }),
  });
  const actors = new Map<number, Process>();
  instances.forEach((traits, index) => live(stage, actors, { ...traits, index }));
  for (const post of posts) postUntilOver(stage, actors, post);
  await stage.run(LENGTH_MS);
  const isCalm = instances.every(({ killedAtMs, outage }) => killedAtMs === undefined && outage === undefined);
  return { world: stage, alive: [...actors.values()], isCalm };
}

/** Starts an instance, and lets happen to it what is to. */
function live(
  stage: WholeWorld,
  actors: Map<number, Process>,
  { index, killedAtMs, backAfterMs, outage, ...traits }: World['instances'][number] & { readonly index: number },
): void {
  const reachable = (): boolean => !within(outage, stage.time.nowMs);
  const start = (): void => {
    actors.set(index, stage.start({ name: `instance-${index}`, ...traits, reachable }));
  };
  start();
  if (killedAtMs === undefined) return;
  stage.time.after(killedAtMs, () => {
    actors.get(index)?.kill();
    actors.delete(index);
  });
  if (backAfterMs !== undefined) stage.time.after(killedAtMs + backAfterMs, start);
}

/** Posts an alert again until it is over, as Prometheus does, to whoever lives. */
function postUntilOver(
  stage: WholeWorld,
  actors: ReadonlyMap<number, Process>,
  { to, name, n, atMs, lengthMs }: World['posts'][number],
): void {
  const [startsAtMs, endsAtMs] = [START_MS + atMs, START_MS + atMs + lengthMs];
  for (let againMs = 0; againMs < lengthMs; againMs += REPOST_MS) {
    stage.time.after(atMs + againMs, () => {
      const alive = [...actors.values()];
      void alive[to % Math.max(1, alive.length)]?.post({ labels: { alertname: name, n }, startsAtMs, endsAtMs });
    });
  }
}
