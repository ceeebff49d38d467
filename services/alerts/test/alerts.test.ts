import { describe, expect, it } from '@jest/globals';
import { type Group } from '@tandem/alerting';

import { CONFIG, SENT, START_MS, WholeWorld, type Process } from './whole-world.ts';

const reasons = (world: WholeWorld): readonly string[] =>
  world.deliveries.map(({ instance, notification }) => `${instance}: ${notification.reason}`);
const groupsOf = ({ service }: Process): readonly Group[] => [...service.backend.groups()];
const beats = (process: Process): unknown =>
  groupsOf(process)
    .map(({ id, beat }) => ({ id, beat }))
    .toSorted((one, other) => one.id.localeCompare(other.id));
const alertsOf = ({ service }: Process): readonly unknown[] => [...service.backend.alerts()];
const X = { labels: { alertname: 'X' } };

describe('an instance', () => {
  it('answers at once, and is settling until the log is read', async () => {
    const world = new WholeWorld();
    const a = world.start({ name: 'a' });
    expect(a.service.backend.clusterStatus()).toBe('settling');
    expect(alertsOf(a)).toEqual([]);
    await world.run(1000);
    expect(a.service.backend.clusterStatus()).toBe('ready');
  });

  it('tells of what was posted, and of its end', async () => {
    const world = new WholeWorld();
    const a = world.start({ name: 'a' });
    await world.run(1000);
    const answer = a.post({ ...X, endsAtMs: START_MS + 30_000 });
    await world.run(100);
    await expect(answer).resolves.toMatchObject([{ ok: true }]);
    await world.run(60_000);
    expect(reasons(world)).toEqual(['a: first notification', 'a: all alerts resolved']);
    expect(groupsOf(a)).toEqual([]);
  });

  it('refuses what is none, and takes the others of a post', async () => {
    const world = new WholeWorld();
    const a = world.start({ name: 'a' });
    const answer = a.post({ labels: {} }, X);
    await world.run(1000);
    await expect(answer).resolves.toMatchObject([
      { ok: false, error: 'at least one label pair required' },
      { ok: true },
    ]);
    expect(alertsOf(a)).toHaveLength(1);
  });

  it('leaves out what is beyond the limit of its name, and counts it', async () => {
    const world = new WholeWorld({ settings: { perAlertnameLimit: 2 } });
    const a = world.start({ name: 'a' });
    const answer = a.post(...['1', '2', '3', '1'].map((n) => ({ labels: { alertname: 'X', n } })));
    await world.run(1000);
    await expect(answer).resolves.toHaveLength(4);
    expect(alertsOf(a)).toHaveLength(2);
    expect(await a.metrics.render()).toContain('alertmanager_alerts_limited_total 1');
  });

  it('keeps alerts while the log is away, tells of them, and appends them when it is back', async () => {
    let reachable = true;
    const world = new WholeWorld();
    const a = world.start({ name: 'a', reachable: () => reachable });
    const b = world.start({ name: 'b' });
    await world.run(1000);
    reachable = false;
    const answer = a.post(X);
    await world.run(10_000);
    await expect(answer).resolves.toMatchObject([{ ok: true }]);
    expect(world.told).toMatchObject([{ instance: 'a', outcome: { kind: 'sent', failOpen: true } }]);
    expect(alertsOf(b)).toEqual([]);
    expect(await a.metrics.render()).toContain('tandem_alerts_kept_alerts_total 1');
    reachable = true;
    await world.run(5000);
    expect(alertsOf(b)).toHaveLength(1);
    expect(beats(b)).toEqual(beats(a));
    await world.run(60_000);
    expect(world.deliveries).toHaveLength(1);
  });

  it('ends within its time, and releases what it does not send', async () => {
    const world = new WholeWorld({ receiver: () => ({ afterMs: 2000, outcome: SENT }) });
    const a = world.start({ name: 'a' });
    await world.run(1000);
    void a.post(X);
    await world.run(2000);
    let stopped = false;
    const stopping = Promise.resolve(a.service.stop()).then(() => (stopped = true));
    await world.run(4000);
    await stopping;
    expect(stopped).toBe(true);
    expect(world.told).toMatchObject([{ outcome: { kind: 'sent' } }]);
  });
});

describe('instances on one log', () => {
  it('tell once of what was posted to any of them', async () => {
    const world = new WholeWorld();
    const all = ['a', 'b', 'c'].map((name) => world.start({ name }));
    await world.run(2000);
    void all[1]?.post(X);
    void all[2]?.post({ labels: { alertname: 'Y' } });
    await world.run(60_000);
    expect(reasons(world)).toEqual(['a: first notification', 'a: first notification']);
    expect(all.map((one) => alertsOf(one).length)).toEqual([2, 2, 2]);
    expect(new Set(all.map((one) => JSON.stringify(beats(one)))).size).toBe(1);
  });

  it('know each other within two seconds, and stand in the order of their names', async () => {
    const world = new WholeWorld();
    const [b, a] = ['b', 'a'].map((name) => world.start({ name }));
    await world.run(2000);
    for (const one of [a, b]) {
      expect(one?.service.backend.members().map(({ name, address }) => `${name} ${address}`)).toEqual([
        'a a:9094',
        'b b:9094',
      ]);
    }
    expect(await b?.metrics.render()).toContain('alertmanager_peer_position 1');
  });

  it('keep to the log what they knew, when all are killed and started again', async () => {
    const world = new WholeWorld();
    const first = world.start({ name: 'a' });
    await world.run(1000);
    void first.post(X);
    await world.run(10_000);
    const before = beats(first);
    first.kill();
    await world.run(5000);
    const second = world.start({ name: 'a' });
    await world.run(60_000);
    expect(beats(second)).toEqual(before);
    expect(world.deliveries).toHaveLength(1);
    expect(world.told.slice(1).map(({ flush }) => flush.tickMs)).toEqual(
      world.told.slice(1).map((_, index) => (world.told[0]?.flush.tickMs ?? 0) + (index + 1) * 20_000),
    );
  });

  it('tell of an end that came while nobody was there', async () => {
    const world = new WholeWorld();
    const first = world.start({ name: 'a' });
    await world.run(1000);
    void first.post({ ...X, endsAtMs: START_MS + 20_000 });
    await world.run(10_000);
    first.kill();
    await world.run(60_000);
    world.start({ name: 'a' });
    await world.run(5000);
    expect(reasons(world)).toEqual(['a: first notification', 'a: all alerts resolved']);
  });

  it('tell of an end where the only instance died at telling of the beginning (N9)', async () => {
    const world = new WholeWorld({ receiver: () => ({ afterMs: 500, outcome: SENT }) });
    const first = world.start({ name: 'a' });
    await world.run(1000);
    void first.post({ ...X, endsAtMs: START_MS + 20_000 });
    await world.run(1300);
    first.kill();
    await world.run(60_000);
    world.start({ name: 'a' });
    await world.run(60_000);
    expect(reasons(world)).toEqual(['a: first notification', 'a: all alerts resolved']);
  });

  it('forget an alert that is over when its time has come, on all instances', async () => {
    const world = new WholeWorld({ settings: { alertsGcIntervalMs: 60_000 } });
    const [a, b] = [world.start({ name: 'a' }), world.start({ name: 'b' })];
    await world.run(1000);
    void b.post({ ...X, endsAtMs: START_MS + 10_000 });
    await world.run(130_000);
    expect([a, b].map(alertsOf)).toEqual([[], []]);
    expect(
      world.storage
        .partition('alerts', 0)
        .records.concat(world.storage.partition('alerts', 1).records)
        .every(({ value }) => value === null),
    ).toBe(true);
  });

  it('share a silence, and refuse one when the log is away', async () => {
    let reachable = true;
    const world = new WholeWorld();
    const [a, b] = [world.start({ name: 'a' }), world.start({ name: 'b', reachable: () => reachable })];
    await world.run(1000);
    const wanted = {
      matcherSets: [[{ type: '=', name: 'alertname', value: 'X' } as const]],
      endsAtMs: START_MS + 600_000,
      createdBy: 'somebody',
      comment: '',
      annotations: new Map(),
    };
    const set = a.service.backend.setSilence(undefined, wanted);
    await world.run(1000);
    const outcome = await set;
    expect(outcome.kind).toBe('set');
    void b.post(X);
    await world.run(60_000);
    expect(world.deliveries).toEqual([]);
    reachable = false;
    const refused = b.service.backend.setSilence(undefined, wanted);
    const notExpired = b.service.backend.expireSilence(outcome.kind === 'set' ? outcome.id : '');
    await world.run(10_000);
    expect((await refused).kind).toBe('log-away');
    expect(await notExpired).toBe('log-away');
  });
});

describe('a reload', () => {
  it('keeps the timing of the groups whose routes stay, and tells nothing again', async () => {
    const world = new WholeWorld();
    const a = world.start({ name: 'a' });
    await world.run(1000);
    void a.post(X);
    await world.run(5000);
    const before = beats(a);
    a.service.reload(a.config(`${CONFIG}inhibit_rules: []`));
    await world.run(60_000);
    expect(beats(a)).toEqual(before);
    expect(world.deliveries).toHaveLength(1);
  });

  it('is followed by a stop that writes down what was being sent by the configuration before', async () => {
    const world = new WholeWorld({ receiver: () => ({ afterMs: 2000, outcome: SENT }) });
    const a = world.start({ name: 'a' });
    await world.run(1000);
    void a.post(X);
    await world.run(2000);
    a.service.reload(a.config(`${CONFIG}inhibit_rules: []`));
    await world.run(100);
    void Promise.resolve(a.service.stop()).then(() => a.kill());
    await world.run(10_000);
    world.start({ name: 'b' });
    await world.run(60_000);
    expect(reasons(world)).toEqual(['a: first notification']);
  });

  it('makes other groups of the alerts there are, and ends those there were', async () => {
    const world = new WholeWorld();
    const a = world.start({ name: 'a' });
    await world.run(1000);
    void a.post({ labels: { alertname: 'X', job: 'one' } }, { labels: { alertname: 'X', job: 'two' } });
    await world.run(5000);
    a.service.reload(a.config(CONFIG.replace('[alertname]', '[job]')));
    await world.run(30_000);
    expect(groupsOf(a).map(({ group }) => group.key)).toEqual(['{}:{job="one"}', '{}:{job="two"}']);
    expect(world.deliveries).toHaveLength(3);
  });
});

describe('where each group is of one instance', () => {
  const settings = { mode: 'owners' } as const;
  const many = Array.from({ length: 8 }, (_, n) => ({ labels: { alertname: `X${n}` } }));

  it('each is flushed by its owner alone, and at once', async () => {
    const world = new WholeWorld({ settings });
    const all = ['a', 'b', 'c'].map((name) => world.start({ name }));
    await world.run(2000);
    void all[0]?.post(...many);
    await world.run(10_000);
    expect(world.deliveries).toHaveLength(8);
    expect(new Set(world.deliveries.map(({ instance }) => instance)).size).toBe(3);
    expect(world.told).toHaveLength(8);
  });

  it('is taken over when its owner dies, and its missed tick is made up for', async () => {
    const world = new WholeWorld({ settings });
    const all = ['a', 'b'].map((name) => world.start({ name }));
    await world.run(2000);
    all[0]?.kill();
    void all[1]?.post(...many);
    await world.run(2000);
    expect(world.deliveries.length).toBeLessThan(8);
    await world.run(4000);
    expect(world.deliveries).toHaveLength(8);
  });

  it('lets alerts leave everywhere when their end was told', async () => {
    const world = new WholeWorld({ settings });
    const all = ['a', 'b', 'c'].map((name) => world.start({ name }));
    await world.run(2000);
    void all[0]?.post(...many.map((one) => ({ ...one, endsAtMs: START_MS + 15_000 })));
    await world.run(60_000);
    expect(world.deliveries).toHaveLength(16);
    expect(all.map((one) => groupsOf(one).length)).toEqual([0, 0, 0]);
  });

  it.each([1, 5, 20, 150])(
    'tells of ends that came while an owner could not read the log (%i ms away)',
    async (latencyMs) => {
      // It tidies up before the ends are told.
      const world = new WholeWorld({ settings: { ...settings, alertsGcIntervalMs: 9500 } });
      let reachable = true;
      const all = [world.start({ name: 'a', latencyMs, reachable: () => reachable }), world.start({ name: 'b' })];
      await world.run(2000);
      reachable = false;
      await world.run(5000);
      void all[1]?.post(...many.map((one) => ({ ...one, endsAtMs: START_MS + 12_000 })));
      await world.run(10_000);
      expect(world.deliveries).toHaveLength(8);
      reachable = true;
      await world.run(60_000);
      expect(world.deliveries).toHaveLength(16);
      expect(all.map((one) => groupsOf(one).length)).toEqual([0, 0]);
    },
  );
});
