import { describe, expect, it } from '@jest/globals';
import {
  buildRoutes,
  fingerprint as fingerprintOf,
  GroupTable,
  Inhibitor,
  takeAlert,
  type PostedAlert,
} from '@tandem/alerting';
import { type LogRecord } from '@tandem/stream';
import fc from 'fast-check';

import { AlertCodec } from '../src/log/alert-codec.ts';
import { type Written } from '../src/log/written.ts';
import { AlertsState, type Grouping } from '../src/state/alerts-state.ts';
import { writtenAlerts } from '../src/state/written-alerts.ts';

const START_MS = 1_700_000_000_000;
const PARTITIONS = 2;
const ROOT = buildRoutes({
  receiver: 'team',
  groupBy: ['alertname'],
  groupWaitMs: 1000,
  groupIntervalMs: 5000,
  matchers: [],
  continue: false,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: new Map(),
  routes: [],
});
const INTAKE = { resolveTimeoutMs: 3000, mode: 'default', dropLabels: new Set<string>() } as const;

/** The partitions of a log that compacts at once, or never. */
class ModelLog {
  readonly partitions: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly #ends = Array.from({ length: PARTITIONS }, () => 0);
  readonly #compactsAtOnce: boolean;

  constructor(compactsAtOnce: boolean) {
    this.#compactsAtOnce = compactsAtOnce;
  }

  append({ key, value, headers = {} }: Written, nowMs: number): void {
    const name = nameOf(key);
    const at = name.length % PARTITIONS;
    const partition = this.partitions[at] ?? [];
    const offset = this.#ends[at] ?? 0;
    this.#ends[at] = offset + 1;
    const timestampMs = Math.max(nowMs, partition.at(-1)?.timestampMs ?? 0);
    const older = this.#compactsAtOnce ? partition.findIndex((record) => nameOf(record.key) === name) : -1;
    if (older !== -1) partition.splice(older, 1);
    partition.push({ offset, timestampMs, key, value, headers });
  }

  compacted(): readonly LogRecord[] {
    return this.partitions.flatMap((records) => {
      const last = new Map(records.map((record) => [nameOf(record.key), record]));
      return [...last.values()];
    });
  }
}

function nameOf(key: Uint8Array | null): string {
  return Buffer.from(key ?? []).toString();
}

/** An instance without anything that takes time: it reads when it is told to. */
class Reader {
  readonly state: AlertsState;
  readonly codec: AlertCodec;
  readonly groups = new GroupTable(ROOT);
  readonly #next = Array.from({ length: PARTITIONS }, () => 0);
  readonly #log: ModelLog;

  constructor(name: string, log: ModelLog, isNew = true) {
    this.#log = log;
    this.state = new AlertsState(name, () => undefined);
    this.codec = new AlertCodec('main', name);
    if (isNew) this.state.use(this.#grouping(), START_MS);
  }

  post(posted: PostedAlert, nowMs: number): void {
    const taken = takeAlert(posted, nowMs, INTAKE);
    if (taken.ok) this.state.receive(fingerprintOf(taken.value.labels), taken.value, nowMs);
  }

  do(what: 'append' | 'flush' | 'settle' | 'collect', nowMs: number): void {
    if (what === 'append') this.append(nowMs);
    else if (what === 'flush') this.#flush([...this.groups.values()][0]?.id, nowMs);
    else if (what === 'settle') this.state.settle(nowMs);
    else this.state.collect(nowMs);
  }

  append(nowMs: number): boolean {
    const { codec, state } = this;
    const written = [...writtenAlerts(state.outbox.take(), { codec, alerts: state.alerts, nowMs })];
    for (const record of written) this.#log.append(record, nowMs);
    return written.length > 0;
  }

  /** @returns whether there was anything to read */
  read(partition: number): boolean {
    const at = this.#next[partition] ?? 0;
    const record = this.#log.partitions[partition]?.find(({ offset }) => offset >= at);
    if (record === undefined) return false;
    this.#next[partition] = record.offset + 1;
    this.apply(record);
    return true;
  }

  apply(record: LogRecord): void {
    const decoded = this.codec.decode(record);
    if (decoded === undefined || decoded.kind === 'unreadable') throw new Error('cannot read what was written');
    this.state.apply(decoded, record.timestampMs);
  }

  /** What it knows: alerts but for when they were last received, and when groups were opened. */
  known(): unknown {
    const alerts = [...this.state.alerts.entries()].map(([fingerprint, alert]) => ({
      fingerprint,
      startsAtMs: alert.startsAtMs,
      endsAtMs: alert.endsAtMs,
      timeout: alert.timeout,
    }));
    const groups = [...this.state.openings.ids()].map((id) => ({ id, ...this.state.openings.get(id) }));
    return {
      alerts: alerts.toSorted((a, b) => a.fingerprint.localeCompare(b.fingerprint)),
      groups: groups.toSorted((a, b) => a.id.localeCompare(b.id)),
    };
  }

  /** The groups it has, and by what they tick. */
  ticking(): unknown {
    return [...this.groups.values()]
      .map(({ id, beat: { openedAtMs, firstStartsAtMs } }) => ({ id, openedAtMs, firstStartsAtMs }))
      .toSorted((a, b) => a.id.localeCompare(b.id));
  }

  /** A flush told of everything. */
  #flush(id: string | undefined, nowMs: number): void {
    if (id !== undefined && this.groups.flushed(id, this.groups.alertsAt(id, nowMs))) this.state.groupEnded(id);
  }

  #grouping(): Grouping {
    const { groups } = this;
    return {
      groups,
      inhibitor: new Inhibitor([]),
      put: (alert, atMs, fingerprint) => groups.put(alert, atMs, fingerprint),
      retimed: () => undefined,
    };
  }
}

type Step =
  | {
      readonly kind: 'post';
      readonly to: number;
      readonly name: string;
      readonly n: string;
      readonly lengthMs: number | undefined;
    }
  | { readonly kind: 'read'; readonly by: number; readonly partition: number }
  | { readonly kind: 'append' | 'flush' | 'settle' | 'collect'; readonly by: number }
  | { readonly kind: 'wait'; readonly ms: number };

const by = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      to: by,
      name: fc.constantFrom('X', 'Yy'),
      n: fc.constantFrom('1', '22'),
      lengthMs: fc.constantFrom(undefined, 0, 500, 2000, 9000),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('read' as const), by, partition: fc.nat(PARTITIONS - 1) }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('append', 'flush', 'settle', 'collect'), by }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 4000) }) },
);

/** Instances and their log after some steps. */
class Play {
  readonly log: ModelLog;
  readonly readers: readonly Reader[];
  nowMs = START_MS;

  constructor(instances: number, compactsAtOnce = false) {
    this.log = new ModelLog(compactsAtOnce);
    this.readers = Array.from({ length: instances }, (_, index) => new Reader(`i${index}`, this.log));
  }

  do(one: Step): void {
    this.nowMs += one.kind === 'wait' ? one.ms : 1;
    if (one.kind === 'wait') return;
    const reader = this.readers[(one.kind === 'post' ? one.to : one.by) % this.readers.length];
    if (reader === undefined) return;
    if (one.kind === 'post') reader.post(posted(one, this.nowMs), this.nowMs);
    else if (one.kind === 'read') reader.read(one.partition);
    else reader.do(one.kind, this.nowMs);
  }

  /** Lets everybody read and append until nobody has anything to say. @returns rounds it took */
  settle(): number {
    for (let round = 1; round <= 30; round++) {
      this.nowMs += 2000;
      let isQuiet = true;
      for (const reader of this.readers) {
        for (let partition = 0; partition < PARTITIONS; partition++) while (reader.read(partition)) isQuiet = false;
        reader.state.settle(this.nowMs);
        if (reader.append(this.nowMs)) isQuiet = false;
      }
      if (isQuiet) return round;
    }
    return Infinity;
  }
}

function posted({ name, n, lengthMs }: Extract<Step, { kind: 'post' }>, nowMs: number): PostedAlert {
  return {
    labels: new Map([
      ['alertname', name],
      ['n', n],
    ]),
    annotations: new Map(),
    startsAtMs: lengthMs === undefined ? undefined : nowMs - 400,
    endsAtMs: lengthMs === undefined ? undefined : nowMs + lengthMs,
    generatorUrl: '',
  };
}

const steps = fc.array(step, { minLength: 1, maxLength: 80 });
const instances = fc.integer({ min: 1, max: 5 });

describe('whatever was posted to whom, and however slowly they read', () => {
  it('all instances come to know the same, and have nothing more to say (W1 to W7)', () => {
    fc.assert(
      fc.property(instances, fc.boolean(), steps, (count, compactsAtOnce, todo) => {
        const play = new Play(count, compactsAtOnce);
        for (const one of todo) play.do(one);
        expect(play.settle()).toBeLessThan(30);
        const [first, ...others] = play.readers;
        for (const other of others) expect(other.known()).toEqual(first?.known());
      }),
      { numRuns: 1500 },
    );
  });

  it('all instances tick their groups alike, and the log says so (W5)', () => {
    fc.assert(
      fc.property(instances, fc.boolean(), steps, (count, compactsAtOnce, todo) => {
        const play = new Play(count, compactsAtOnce);
        for (const one of todo) play.do(one);
        play.settle();
        for (const reader of play.readers) {
          for (const { id, beat } of reader.groups.values()) {
            expect(reader.state.openings.get(id)).toMatchObject({
              openedAtMs: beat.openedAtMs,
              firstStartsAtMs: beat.firstStartsAtMs,
            });
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('whoever comes later reads the same from what compaction has left (W3, W6)', () => {
    fc.assert(
      fc.property(instances, fc.boolean(), steps, (count, compactsAtOnce, todo) => {
        const play = new Play(count, compactsAtOnce);
        for (const one of todo) play.do(one);
        play.settle();
        const late = new Reader('late', play.log, false);
        for (const record of play.log.compacted()) late.apply(record);
        expect(late.known()).toEqual(play.readers[0]?.known());
      }),
      { numRuns: 1500 },
    );
  });
});

describe('where each post is read by all before the next one', () => {
  it('which instance takes it does not matter: one instance would know the same', () => {
    const post = fc.record({
      kind: fc.constant('post' as const),
      to: by,
      name: fc.constant('X'),
      n: fc.constantFrom('1', '22'),
      lengthMs: fc.constantFrom(undefined, 0, 500, 2000, 9000),
    });
    fc.assert(
      fc.property(instances, fc.array(fc.tuple(post, fc.constantFrom(100, 1500, 5000))), (count, posts) => {
        const [one, many] = [new Play(1), new Play(count)];
        for (const play of [one, many]) {
          for (const [each, pauseMs] of posts) {
            play.do(each);
            for (const reader of play.readers) reader.append(play.nowMs);
            for (const reader of play.readers) {
              for (let partition = 0; partition < PARTITIONS; partition++) while (reader.read(partition));
            }
            play.do({ kind: 'wait', ms: pauseMs });
          }
        }
        expect(many.readers.map((reader) => reader.known())).toEqual(many.readers.map(() => one.readers[0]?.known()));
      }),
      { numRuns: 500 },
    );
  });
});
