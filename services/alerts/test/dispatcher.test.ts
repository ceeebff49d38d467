import { describe, expect, it } from '@jest/globals';

import { FAILED, firing, SENT, Stage, START_MS, type Instance } from './stage.ts';

const both = async (stage: Stage): Promise<readonly [Instance, Instance]> => [
  await stage.instance({ name: 'a', position: () => 0 }),
  await stage.instance({ name: 'b', position: () => 1 }),
];
const times = (stage: Stage): readonly number[] => stage.deliveries.map(({ endedMs }) => endedMs - START_MS);
const outcomes = (stage: Stage): readonly string[] =>
  stage.told.map(({ instance, outcome }) => `${instance} ${outcome.kind}`);

describe('one instance', () => {
  it('tells of a group after group_wait, again when there is something new, and of its end', async () => {
    const stage = new Stage();
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X', n: '1' }, { endsAtMs: START_MS + 50_000 }));
    await stage.run(30_000);
    a.put(firing(stage.time, { alertname: 'X', n: '2' }, { endsAtMs: START_MS + 70_000 }));
    await stage.run(120_000);

    expect(stage.deliveries.map(({ notification }) => notification.reason)).toEqual([
      'first notification',
      'new alerts added',
      'some alerts resolved',
      'all alerts resolved',
    ]);
    // 1 s and then every 20 s; each takes 15 ms to ask and to claim, and 10 ms to send.
    expect(times(stage).map((ms) => Math.floor(ms / 1000))).toEqual([1, 41, 61, 81]);
    expect(a.groups.size).toBe(0);
    expect(stage.errors).toEqual([]);
  });

  it('tells at once of what has been firing for longer than group_wait', async () => {
    const stage = new Stage();
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X' }, { startsAtMs: START_MS - 5000 }));
    await stage.run(500);
    expect(times(stage)).toHaveLength(1);
  });

  it('keeps its ticks an interval apart, whatever a flush takes', async () => {
    let attempts = 0;
    const stage = new Stage({
      receiver: () => (attempts++ === 0 ? { afterMs: 7000, outcome: SENT } : { afterMs: 10, outcome: SENT }),
      route: { repeatIntervalMs: 1000 },
    });
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(62_000);
    expect(stage.told.map(({ flush }) => flush.tickMs - START_MS)).toEqual([1000, 21_000, 41_000, 61_000]);
  });

  it('lets the last of the ticks that a flush took the time of follow it', async () => {
    const stage = new Stage({
      receiver: () => ({ afterMs: 12_000, outcome: SENT }),
      route: { groupIntervalMs: 5000, repeatIntervalMs: 1000 },
    });
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(30_000);
    // A flush ends at its deadline, after 10 s.
    expect(stage.told.map(({ flush }) => flush.tickMs - START_MS)).toEqual([1000, 11_000]);
    expect(outcomes(stage)).toEqual(['a failed', 'a failed']);
  });

  it('keeps resolved alerts while the receiver fails, and tells of them when it does not', async () => {
    let fails = true;
    const stage = new Stage({ receiver: () => ({ afterMs: 10, outcome: fails ? FAILED : SENT }) });
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X' }));
    fails = false;
    await stage.run(2000);
    fails = true;
    a.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 10_000, updatedAtMs: START_MS + 2000 }));
    await stage.run(60_000);
    fails = false;
    await stage.run(40_000);
    expect(stage.deliveries.map(({ notification }) => notification.reason)).toEqual([
      'first notification',
      'all alerts resolved',
    ]);
    expect(a.groups.size).toBe(0);
  });

  it('sends nothing of resolved alerts where they are not wanted, and starts again with the next one', async () => {
    const stage = new Stage({ sendResolved: false });
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 10_000 }));
    await stage.run(30_000);
    a.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(30_000);
    expect(stage.deliveries.map(({ notification }) => notification.reason)).toEqual([
      'first notification',
      'first notification',
    ]);
  });

  it('does not tell of what is silenced, and does when the silence is over', async () => {
    const stage = new Stage();
    const a = await stage.instance({ name: 'a', position: () => 0 });
    a.silences.put({
      id: 's',
      matcherSets: [[{ type: '=', name: 'alertname', value: 'X', matches: (value) => value === 'X' }]],
      startsAtMs: START_MS,
      endsAtMs: START_MS + 10_000,
      updatedAtMs: START_MS,
      createdBy: '',
      comment: '',
      annotations: new Map(),
    });
    a.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(10_000);
    expect(stage.deliveries).toEqual([]);
    expect(stage.suppressions.at(-1)?.silenced).toMatchObject([{ ids: ['s'] }]);
    await stage.run(20_000);
    expect(stage.deliveries).toHaveLength(1);
  });
});

describe('two instances', () => {
  it('tell once: the second finds what the first has written', async () => {
    const stage = new Stage();
    for (const instance of await both(stage)) instance.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(60_000);
    expect(stage.deliveries).toHaveLength(1);
    expect(outcomes(stage).slice(0, 2)).toEqual(['a sent', 'b skipped']);
  });

  it('tell once when both believe that they are the first', async () => {
    const stage = new Stage();
    for (const name of ['a', 'b']) {
      const instance = await stage.instance({ name, position: () => 0 });
      instance.put(firing(stage.time, { alertname: 'X' }));
    }
    await stage.run(60_000);
    expect(stage.deliveries).toHaveLength(1);
  });

  it('tell once when the receiver takes longer to answer than the second one waits', async () => {
    const stage = new Stage({ receiver: () => ({ afterMs: 15_000, outcome: SENT }) });
    for (const instance of await both(stage)) instance.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(60_000);
    expect(stage.deliveries).toHaveLength(1);
  });

  it('tell once when the clock of the one that told first is ahead (N7)', async () => {
    const stage = new Stage({ route: { groupIntervalMs: 20_000 } });
    const a = await stage.instance({ name: 'a', position: () => 0, skewMs: 9000 });
    const b = await stage.instance({ name: 'b', position: () => 1 });
    for (const instance of [a, b]) instance.put(firing(stage.time, { alertname: 'X', n: '1' }));
    await stage.run(2000);
    for (const instance of [a, b]) instance.put(firing(stage.time, { alertname: 'X', n: '2' }));
    await stage.run(100_000);
    expect(stage.deliveries.map(({ instance, notification }) => `${instance}: ${notification.reason}`)).toEqual([
      'a: first notification',
      'b: new alerts added',
    ]);
  });

  it('do not both try while the receiver fails, and tell once when it does no longer', async () => {
    const tried: { readonly instance: string; readonly atMs: number }[] = [];
    const stage = new Stage({
      receiver: ({ instance, beganMs }) => {
        tried.push({ instance, atMs: beganMs - START_MS });
        return { afterMs: 10, outcome: beganMs < START_MS + 300_000 ? FAILED : SENT };
      },
    });
    for (const instance of await both(stage)) instance.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(400_000);
    expect(stage.deliveries).toHaveLength(1);
    const closest = tried.slice(1).map(({ atMs }, index) => atMs - (tried[index]?.atMs ?? 0));
    expect(Math.min(...closest)).toBeGreaterThan(0);
  });

  it('go on after the deadline when the one that was sending dies', async () => {
    const stage = new Stage({
      receiver: ({ instance }) => ({ afterMs: 10, outcome: instance === 'a' ? FAILED : SENT }),
    });
    const [a, b] = await both(stage);
    a.put(firing(stage.time, { alertname: 'X' }));
    b.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(3000);
    a.kill();
    await stage.run(17_000);
    expect(stage.deliveries).toEqual([]);
    await stage.run(3000);
    expect(stage.deliveries.map(({ instance }) => instance)).toEqual(['b']);
  });

  it('tell of the end where the one that was sending dies before it says so, and nothing fires any more (N9)', async () => {
    const stage = new Stage({ receiver: () => ({ afterMs: 500, outcome: SENT }) });
    const [a, b] = await both(stage);
    for (const instance of [a, b]) {
      instance.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 4000 }));
    }
    await stage.run(1300);
    a.kill();
    await stage.run(100_000);
    expect(stage.deliveries.map(({ instance, notification }) => `${instance}: ${notification.reason}`)).toEqual([
      'a: first notification',
      'b: all alerts resolved',
    ]);
    // Not before the claim of the dead has ended: it might have been only slow.
    expect(times(stage)[1]).toBeGreaterThan(20_000);
    expect(b.groups.size).toBe(0);
  });

  it('tell of the end once where the one that was told first takes long, and nothing fires meanwhile (N9)', async () => {
    const stage = new Stage({ receiver: () => ({ afterMs: 12_000, outcome: SENT }) });
    for (const instance of await both(stage)) {
      instance.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 4000 }));
    }
    await stage.run(100_000);
    expect(stage.deliveries.map(({ notification }) => notification.reason)).toEqual([
      'first notification',
      'all alerts resolved',
    ]);
  });

  it('tell of an end that is uncertain also where the receiver fails when it is told first (N9)', async () => {
    const stage = new Stage({
      receiver: ({ instance, beganMs }) => ({
        afterMs: 500,
        outcome: instance === 'a' || beganMs > START_MS + 60_000 ? SENT : FAILED,
      }),
    });
    const [a, b] = await both(stage);
    for (const instance of [a, b]) {
      instance.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 4000 }));
    }
    await stage.run(1300);
    a.kill();
    await stage.run(150_000);
    expect(stage.deliveries.map(({ instance, notification }) => `${instance}: ${notification.reason}`)).toEqual([
      'a: first notification',
      'b: all alerts resolved',
    ]);
  });

  it('tell of nothing where the one that was to send gives up, and nothing fires any more (N9)', async () => {
    const stage = new Stage({
      receiver: () => ({ afterMs: 10, outcome: { outcome: 'failed', reason: 'clientError', message: '400' } }),
    });
    for (const instance of await both(stage)) {
      instance.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 4000 }));
    }
    await stage.run(100_000);
    expect(outcomes(stage).slice(0, 2)).toEqual(['a failed', 'b skipped']);
  });

  it('go on at once when the one that was to send gives its claim up', async () => {
    const stage = new Stage({
      receiver: ({ instance }) => ({
        afterMs: 10,
        outcome: instance === 'a' ? { outcome: 'failed', reason: 'clientError', message: '400' } : SENT,
      }),
    });
    for (const instance of await both(stage)) instance.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(8000);
    expect(outcomes(stage)).toEqual(['a failed', 'b sent']);
  });

  it('each tell when the log is away, after their waits, and say so', async () => {
    let reachable = true;
    const conduct = { reachable: () => reachable };
    const stage = new Stage();
    const a = await stage.instance({ name: 'a', position: () => 0, conduct });
    const b = await stage.instance({ name: 'b', position: () => 1, conduct });
    reachable = false;
    a.put(firing(stage.time, { alertname: 'X' }));
    b.put(firing(stage.time, { alertname: 'X' }));
    await stage.run(15_000);
    expect(stage.told).toMatchObject([
      { instance: 'a', outcome: { kind: 'sent', failOpen: true } },
      { instance: 'b', outcome: { kind: 'sent', failOpen: true } },
    ]);
    const [first, second] = times(stage);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(5000);

    reachable = true;
    await stage.run(40_000);
    expect(stage.deliveries).toHaveLength(2);
    expect(outcomes(stage).slice(2)).toEqual(['a skipped', 'b skipped', 'a skipped', 'b skipped']);
  });

  it('do not tell of what was resolved while they waited', async () => {
    const stage = new Stage({ stepMs: 5000 });
    const b = await stage.instance({ name: 'b', position: () => 1 });
    b.put(firing(stage.time, { alertname: 'X' }, { endsAtMs: START_MS + 3000 }));
    await stage.run(20_000);
    expect(stage.deliveries).toEqual([]);
    expect(stage.told).toMatchObject([{ outcome: { kind: 'skipped', reason: 'nothing firing' } }]);
  });
});

describe('after a restart of all instances', () => {
  it('nothing is told again, and the next tick is where it would have been', async () => {
    const stage = new Stage({ route: { repeatIntervalMs: 30_000 } });
    const first = await stage.instance({ name: 'a', position: () => 0 });
    const alert = firing(stage.time, { alertname: 'X' });
    first.put(alert);
    await stage.run(10_000);
    await first.stop();
    const [opened] = first.groups.values();

    const second = await stage.instance({ name: 'a', position: () => 0, watchedUntilMs: stage.time.nowMs });
    await stage.run(5000);
    second.groups.put(alert, stage.time.nowMs);
    second.groups.openedAt(opened?.id ?? '', START_MS, START_MS);
    second.dispatcher.start();
    await stage.run(60_000);
    expect(stage.deliveries.map(({ notification }) => notification.reason)).toEqual([
      'first notification',
      'repeat interval elapsed',
    ]);
    expect(stage.told.map(({ flush }) => flush.tickMs - START_MS)).toEqual([1000, 21_000, 41_000, 61_000]);
  });

  it('a tick that nobody was there for is made up for at the start', async () => {
    const stage = new Stage();
    const second = await stage.instance({ name: 'a', position: () => 0, watchedUntilMs: START_MS - 60_000 });
    second.groups.put(firing(stage.time, { alertname: 'X' }), START_MS - 50_000);
    second.dispatcher.start();
    await stage.run(500);
    expect(stage.deliveries).toHaveLength(1);
  });
});
