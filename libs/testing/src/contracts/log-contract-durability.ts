import { type Log, LogError } from '@tandem/stream';
import { type LogCaseGroup, type LogCases } from './log-contract-case.ts';
import { expect, eventually, readAll, record, text } from './log-contract-support.ts';

const RESTARTS = 3;
const APPENDERS = 16;

/** An append as the caller saw it. */
interface Acknowledged {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
  /** Order of the calls; `undefined` when the record was sent again, so that its place says nothing. */
  readonly call: number | undefined;
}

const durable: LogCases = {
  'comes after the records are durable': async ({ harness }) => {
    const proof = await harness.durability?.prove();
    expect(proof?.acknowledged).toBeGreaterThanOrEqual(20);
    expect(proof).toMatchObject({ proven: proof?.acknowledged });
  },
};

const underLoad: LogCases = {
  'lose nothing acknowledged and reorder no partition': async ({ fixture, harness, timeoutMs }) => {
    const log = await fixture.open();
    const topic = await fixture.topic(log, { partitions: 2 });
    const acknowledged: Acknowledged[] = [];
    const load = new Load(log, topic, acknowledged);
    const running = load.run();
    const progress = async (what: string): Promise<void> => {
      const before = acknowledged.length;
      await eventually(what, timeoutMs, () => acknowledged.length > before + 100);
    };
    for (let i = 0; i < RESTARTS; i++) {
      await progress('appends to be acknowledged');
      await harness.restart?.();
    }
    await progress('appends after the last restart');
    load.stop();
    await running;
    await expectKept(await fixture.open(), topic, acknowledged);
  },
};

async function expectKept(log: Log, topic: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  for (const partition of [0, 1]) {
    const kept = new Map((await readAll(log, topic, partition)).map((one) => [one.offset, text(one.value)]));
    const mine = acknowledged.filter((one) => one.partition === partition);
    const lost = mine.filter((one) => kept.get(one.offset) !== one.value);
    expect(lost).toEqual([]);
    const calls = mine
      .filter((one) => one.call !== undefined)
      .sort((a, b) => a.offset - b.offset)
      .map((one) => one.call ?? -1);
    expect(calls).toEqual([...calls].sort((a, b) => a - b));
  }
}

/** Appends without pause from several callers; a failed append is made again, as a sender of ours would. */
class Load {
  readonly #log: Log;
  readonly #topic: string;
  readonly #acknowledged: Acknowledged[];
  #running = true;
  #calls = 0;

  constructor(log: Log, topic: string, acknowledged: Acknowledged[]) {
    this.#log = log;
    this.#topic = topic;
    this.#acknowledged = acknowledged;
  }

  stop(): void {
    this.#running = false;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: APPENDERS }, () => this.#appender()));
  }

  async #appender(): Promise<void> {
    while (this.#running) await this.#appendOne(this.#calls++);
  }

  async #appendOne(call: number): Promise<void> {
    const partition = call % 2;
    for (let attempt = 0; this.#running || attempt === 0; attempt++) {
      const value = `${call}/${attempt}`;
      try {
        const [position] = await this.#log.append([record(this.#topic, partition, value)]);
        const offset = position?.offset ?? -1;
        this.#acknowledged.push({ partition, offset, value, call: attempt === 0 ? call : undefined });
        return;
      } catch (error) {
        if (!(error instanceof LogError) || !error.retryable) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

/** What is acknowledged stays. */
export const durabilityCases: readonly LogCaseGroup[] = [
  { title: 'an acknowledgement', needs: 'durability', cases: durable },
  { title: 'restarts under load', needs: 'restart', cases: underLoad },
];
