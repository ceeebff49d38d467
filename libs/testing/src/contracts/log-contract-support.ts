import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  type Claim,
  type JoinRequest,
  type Log,
  LogError,
  type LogErrorReason,
  type LogRecord,
  type Membership,
  type OutgoingRecord,
  type RecordBatch,
  type ReadRequest,
  type TopicSettings,
} from '@tandem/stream';
import { type LogHarness } from './log-contract-harness.ts';

/** Handed on to the cases, which run inside the one `test` of log-contract.ts. */
export { expect };

const POLL_MS = 5;

/** Waits until the condition holds; rejects with what was waited for after the time. */
export async function eventually(
  what: string,
  timeoutMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Text to bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes to text; `null` stays. */
export function text(data: Uint8Array | null): string | null {
  return data === null ? null : new TextDecoder().decode(data);
}

/** A record with a text as its value. */
export function record(topic: string, partition: number, value: string, key?: string): OutgoingRecord {
  return { topic, partition, key: key === undefined ? null : bytes(key), value: bytes(value) };
}

/** Everything readable of a partition as of now, batch by batch. */
export async function readBatches(
  log: Log,
  topic: string,
  partition: number,
  more: Partial<ReadRequest> = {},
): Promise<RecordBatch[]> {
  const { start, end } = await log.bounds(topic, partition);
  const batches: RecordBatch[] = [];
  for await (const batch of log.read({ topic, partition, from: start, until: end, ...more })) batches.push(batch);
  return batches;
}

/** Everything readable of a partition as of now. */
export async function readAll(
  log: Log,
  topic: string,
  partition: number,
  more: Partial<ReadRequest> = {},
): Promise<LogRecord[]> {
  return (await readBatches(log, topic, partition, more)).flatMap((batch) => batch.records);
}

/** The values of a partition as texts. */
export async function readTexts(log: Log, topic: string, partition: number): Promise<(string | null)[]> {
  return (await readAll(log, topic, partition)).map((one) => text(one.value));
}

/** The error of a call that must fail with a `LogError` of one of these reasons. */
export async function expectLogError(call: Promise<unknown>, ...reasons: LogErrorReason[]): Promise<LogError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogError);
  if (!(error instanceof LogError)) throw new Error('unreachable');
  expect(reasons).toContain(error.reason);
  return error;
}

/** Resolves when the signal aborts: the body of a handler that only holds its claim. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A member of a group whose claims can be looked at. */
export interface WatchedMember {
  readonly membership: Membership;
  readonly log: Log;
  /** Claims whose handler runs and whose signal is not aborted. */
  held(): readonly Claim[];
  /** All claims ever given. */
  readonly claims: readonly Claim[];
  readonly errors: readonly unknown[];
}

/** Opens clients, makes topics and groups for the tests of a suite, and closes what was opened. */
export class LogFixture {
  readonly #harness: LogHarness;
  readonly #timeoutMs: number;
  readonly #run = randomUUID().slice(0, 8);
  readonly #open = new Set<Log>();
  #made = 0;

  constructor(harness: LogHarness, timeoutMs: number) {
    this.#harness = harness;
    this.#timeoutMs = timeoutMs;
  }

  /** A new client, closed after the test. */
  async open(): Promise<Log> {
    const log = await this.#harness.open();
    this.#open.add(log);
    return log;
  }

  /** Closes everything opened since the last call. */
  async closeAll(): Promise<void> {
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((log) => log.close()));
  }

  /** A name that nothing else uses. */
  name(kind: string): string {
    this.#made += 1;
    return `contract-${this.#run}-${kind}-${this.#made}`;
  }

  /** Settings of a new topic: 2 partitions, policy `delete`, one day, records up to 2 MiB. */
  settings(more: Partial<TopicSettings> = {}): TopicSettings {
    const base = { name: this.name('topic'), partitions: 2, policy: 'delete', maxRecordBytes: 2 * 1_048_576 } as const;
    const retention = more.policy === 'compact' ? {} : { retentionMs: 86_400_000 };
    return { ...base, ...retention, ...this.#harness.topicSettings, ...more };
  }

  /** Makes a topic and returns its name. */
  async topic(log: Log, more: Partial<TopicSettings> = {}): Promise<string> {
    const settings = this.settings(more);
    await log.createTopics([settings]);
    return settings.name;
  }

  /** Makes the log's clock move on. */
  async tick(): Promise<void> {
    if (this.#harness.tick !== undefined) return this.#harness.tick();
    const before = Date.now();
    await eventually('the clock to move on', 1000, () => Date.now() >= before + 5);
  }

  /** Waits for a condition, at most as long as a test may take. */
  eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return eventually(what, this.#timeoutMs * 0.9, holds);
  }

  /** Joins a group; the handler holds its claims unless another one is given. */
  async join(log: Log, request: Omit<JoinRequest, 'onClaim'> & Partial<JoinRequest>): Promise<WatchedMember> {
    const active = new Set<Claim>();
    const claims: Claim[] = [];
    const errors: unknown[] = [];
    const handler = request.onClaim ?? ((claim: Claim): Promise<void> => untilAborted(claim.signal));
    const membership = await log.join({
      ...request,
      onClaim: async (claim) => {
        active.add(claim);
        claims.push(claim);
        try {
          await handler(claim);
        } finally {
          active.delete(claim);
        }
      },
      onError: (error) => {
        errors.push(error);
        request.onError?.(error);
      },
    });
    return { membership, log, claims, errors, held: () => [...active].filter((claim) => !claim.signal.aborted) };
  }

  /** Waits until the members hold every partition of a topic, each once and each member at least `atLeast` of them. */
  shared(members: readonly WatchedMember[], partitions: number, atLeast: number): Promise<void> {
    return this.eventually(`${partitions} partitions among ${members.length} members`, () => {
      const held = members.map((member) => member.held().map((claim) => claim.partition));
      const all = held.flat().sort((a, b) => a - b);
      const whole = all.length === partitions && all.every((partition, index) => partition === index);
      return whole && held.every((of) => of.length >= atLeast);
    });
  }
}
