import { type Claim, type Log } from '@tandem/stream';
import { type LogCaseGroup, type LogSuite } from './log-contract-case.ts';
import { expect, readTexts, record, type WatchedMember } from './log-contract-support.ts';

const PARTITIONS = 2;
const STEPS = 12;
const RECORDS_PER_STEP = 20;

/** Mulberry32: a small seeded generator, so that a failing schedule can be run again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Copies input to output under a random schedule of joins, leavings, closings, crashes and failing handlers. */
class Schedule {
  readonly #suite: LogSuite;
  readonly #random: () => number;
  readonly #group: string;
  readonly #members: WatchedMember[] = [];
  readonly input: string;
  readonly output: string;
  readonly #seed: number;
  readonly #steps: string[] = [];
  #failing = 0;

  constructor(suite: LogSuite, seed: number, topics: { input: string; output: string }) {
    this.#suite = suite;
    this.#seed = seed;
    this.#random = seeded(seed);
    this.#group = suite.fixture.name('group');
    this.input = topics.input;
    this.output = topics.output;
  }

  /** What happened so far, for messages. */
  story(): string {
    return `seed ${this.#seed}: ${this.#steps.join(' ')}`;
  }

  async step(): Promise<void> {
    const dice = this.#random();
    if (this.#members.length === 0 || (dice < 0.35 && this.#members.length < 3)) return this.join();
    if (dice < 0.5) return this.#end('leave', (member) => member.membership.leave());
    if (dice < 0.65) return this.#end('close', (member) => member.log.close());
    const { harness } = this.#suite;
    if (dice < 0.8 && harness.crash !== undefined) {
      return this.#end('crash', async (member) => harness.crash?.(member.log));
    }
    this.#steps.push('fail');
    this.#failing = 2;
  }

  async join(): Promise<void> {
    this.#steps.push('join');
    const { fixture } = this.#suite;
    const log = await fixture.open();
    const onClaim = (claim: Claim): Promise<void> => this.#copy(log, claim);
    this.#members.push(await fixture.join(log, { group: this.#group, topics: [this.input], onClaim }));
  }

  async leaveAll(): Promise<void> {
    await Promise.all(this.#members.splice(0).map((member) => member.membership.leave()));
  }

  async isDone(log: Log): Promise<boolean> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { end } = await log.bounds(this.input, partition);
      if ((await log.committed(this.#group, this.input, partition)) !== end) return false;
    }
    return true;
  }

  async #end(what: string, how: (member: WatchedMember) => Promise<unknown>): Promise<void> {
    this.#steps.push(what);
    const [member] = this.#members.splice(Math.floor(this.#random() * this.#members.length), 1);
    if (member !== undefined) await how(member);
  }

  async #copy(log: Log, claim: Claim): Promise<void> {
    const { topic, partition, position, signal } = claim;
    for await (const batch of log.read({ topic, partition, from: position, maxBatchBytes: 60, signal })) {
      if (this.#failing > 0) {
        this.#failing -= 1;
        throw new Error('a failure of the schedule');
      }
      const outputs = batch.records.map((one) => ({ ...record(this.output, partition, ''), value: one.value }));
      await claim.commit(batch.nextOffset, outputs);
    }
  }
}

async function copyUnderChaos({ fixture, harness, timeoutMs }: LogSuite): Promise<void> {
  const log = await fixture.open();
  const topics = {
    input: await fixture.topic(log, { partitions: PARTITIONS }),
    output: await fixture.topic(log, { partitions: PARTITIONS }),
  };
  const seed = Number(process.env['LOG_CONTRACT_SEED'] ?? Math.floor(Math.random() * 1e9));
  const schedule = new Schedule({ fixture, harness, timeoutMs }, seed, topics);
  let sent = 0;
  for (let step = 0; step < (harness.chaosSteps ?? STEPS); step++) {
    await schedule.step();
    const more = Array.from({ length: RECORDS_PER_STEP }, () => record(topics.input, sent % PARTITIONS, `${sent++}`));
    await log.append(more);
  }
  await schedule.join();
  await fixture.eventually(`all to be copied, ${schedule.story()}`, () => schedule.isDone(log));
  await schedule.leaveAll();
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const story = schedule.story();
    const texts = await readTexts(log, topics.input, partition);
    expect({ story, texts: await readTexts(log, topics.output, partition) }).toEqual({ story, texts });
  }
}

/** Consume → produce under a random schedule; `LOG_CONTRACT_SEED` runs one again. */
export const exactlyOnceCases: readonly LogCaseGroup[] = [
  {
    title: 'consuming and producing',
    cases: { 'puts every input into the output exactly once and in order, whoever comes and goes': copyUnderChaos },
  },
];
