import { describe, expect, it } from '@jest/globals';
import { encodeDedupedHeaders, encodeWatermark, rejectRecord, type BodyProtocol } from '@tandem/records';
import { compress, decode, decompress, encode } from '@tandem/remote-write';
import { type WriteOutcome, type WriteRequest } from '@tandem/remote-write-client';
import {
  LogError,
  type Claim,
  type LogRecord,
  type LostRange,
  type OutgoingRecord,
  type RecordBatch,
} from '@tandem/stream';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';

import { FORWARD_METRICS } from '../src/metrics.ts';
import { PartitionObserver } from '../src/observer.ts';
import { PartitionForwarder } from '../src/partition-forwarder.ts';

const T0 = 1_700_000_000_000;

function recordOf(offset: number, protocol: BodyProtocol = '1.0', value?: Uint8Array): LogRecord {
  const series = [{ labels: [{ name: '__name__', value: `m${offset}` }], samples: [{ value: 1, timestampMs: T0 }] }];
  return {
    offset,
    timestampMs: T0,
    key: null,
    value: value ?? compress(encode(protocol === '1.0' ? 'v1' : 'v2', series)),
    headers: encodeDedupedHeaders({
      tenant: 't',
      protocol,
      samples: 1,
      span: { minTimestampMs: T0, maxTimestampMs: T0 },
      receivedAtMs: T0,
      sourcePartition: 0,
      sourceOffset: offset,
    }),
  };
}

const DELIVERED: WriteOutcome = { outcome: 'delivered', status: 204 };
const FAILED: WriteOutcome = { outcome: 'retry', reason: 'server-error', status: 500, message: 'no' };
const REFUSED: WriteOutcome = { outcome: 'refused', status: 400, message: 'out of order' };

/** A target that answers from a script, then always 2xx. */
class ScriptedTarget {
  readonly requests: WriteRequest[] = [];
  readonly #script: WriteOutcome[];
  underWay = 0;
  mostUnderWay = 0;

  constructor(...script: WriteOutcome[]) {
    this.#script = script;
  }

  async send(request: WriteRequest): Promise<WriteOutcome> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await Promise.resolve();
    this.underWay -= 1;
    this.requests.push(request);
    return this.#script.shift() ?? DELIVERED;
  }

  names(): string[] {
    return this.requests.map(({ body }) => {
      const inflated = decompress(body, 1 << 20);
      const decoded = inflated.ok ? decode('v1', inflated.data) : inflated;
      return decoded.ok ? (decoded.series[0]?.labels[0]?.value ?? '') : decoded.problem.message;
    });
  }
}

interface Commit {
  readonly next: number;
  readonly outputs: readonly OutgoingRecord[];
}

interface Scene {
  readonly target: ScriptedTarget;
  readonly commits: Commit[];
  readonly waits: number[];
  readonly losses: LostRange[];
  readonly stopping: AbortController;
  /** Lets the commit interval pass once. */
  readonly tick: () => void;
  readonly run: () => Promise<void>;
}

function scene(
  records: readonly LogRecord[],
  target: ScriptedTarget,
  options: { failCommit?: boolean; lostFrom?: number } = {},
): Scene {
  const commits: Commit[] = [];
  const waits: number[] = [];
  const losses: LostRange[] = [];
  const stopping = new AbortController();
  const lost = new AbortController();
  let tick: () => void = () => undefined;
  const claim: Claim = {
    topic: 'tandem.deduped',
    partition: 0,
    position: records[0]?.offset ?? 0,
    signal: lost.signal,
    commit: (next, outputs = []) => {
      if (options.failCommit === true) return Promise.reject(new LogError('fenced', 'taken over'));
      commits.push({ next, outputs });
      return Promise.resolve();
    },
  };
  async function* read(): AsyncGenerator<RecordBatch> {
    const end = (records.at(-1)?.offset ?? -1) + 1;
    for (const record of records) {
      await Promise.resolve();
      const lost = options.lostFrom !== undefined && record === records[0] ? { lostFrom: options.lostFrom } : {};
      yield { topic: claim.topic, partition: 0, records: [record], nextOffset: record.offset + 1, end, ...lost };
    }
  }
  const metrics = createMetrics({ version: 'test', processMetrics: false }).instruments(FORWARD_METRICS);
  const forwarder = new PartitionForwarder({
    reader: { read, bounds: () => Promise.resolve({ start: 0, end: 0 }) },
    claim,
    rejects: { claim, target: 'vm', topic: 'tandem.rejects', maxRecordBytes: 1 << 20 },
    delivery: {
      sender: target,
      wait: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
      stopping: stopping.signal,
      abandon: new AbortController().signal,
    },
    observer: new PartitionObserver({ target: 'vm', partition: 0 }, metrics, NO_LOGGER, () => T0),
    maxDecodedBytes: 1 << 20,
    onLost: (range) => losses.push(range),
    everyCommitInterval: (step) => {
      tick = step;
      return () => undefined;
    },
  });
  return {
    target,
    commits,
    waits,
    losses,
    stopping,
    tick: () => {
      tick();
    },
    run: () => forwarder.run(),
  };
}

describe('forwarding a partition', () => {
  it('sends every record in order, one at a time, and commits the end', async () => {
    const { run, target, commits } = scene([recordOf(5), recordOf(6), recordOf(8)], new ScriptedTarget());
    await run();
    expect(target.names()).toEqual(['m5', 'm6', 'm8']);
    expect(target.mostUnderWay).toBe(1);
    expect(commits).toEqual([{ next: 9, outputs: [] }]);
  });

  it('passes watermarks over: they are no samples, and nothing is wrong with them', async () => {
    const watermark = { ...recordOf(6), value: null, headers: encodeWatermark(T0) };
    const { run, target, commits } = scene([recordOf(5), watermark], new ScriptedTarget());
    await run();
    expect(target.names()).toEqual(['m5']);
    expect(commits).toEqual([{ next: 7, outputs: [] }]);
  });

  it('passes a 1.0 body on as it is, and makes 1.0 of a 2.0 body', async () => {
    const first = recordOf(1);
    const { run, target } = scene([first, recordOf(2, '2.0')], new ScriptedTarget());
    await run();
    expect(target.requests[0]?.body).toBe(first.value);
    expect(target.names()).toEqual(['m1', 'm2']);
    expect(target.requests.every(({ protocol }) => protocol === 'v1')).toBe(true);
  });

  it('sends the same record again until the target has it, before anything behind it', async () => {
    const { run, target, waits } = scene([recordOf(1), recordOf(2)], new ScriptedTarget(FAILED, FAILED, DELIVERED));
    await run();
    expect(target.names()).toEqual(['m1', 'm1', 'm1', 'm2']);
    expect(target.requests.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 0]);
    expect(waits).toEqual([30, 60]);
  });

  it('waits as long as the target says', async () => {
    const throttled: WriteOutcome = {
      outcome: 'retry',
      reason: 'throttled',
      status: 429,
      message: '',
      retryAfterMs: 7000,
    };
    const { run, waits } = scene([recordOf(1)], new ScriptedTarget(throttled));
    await run();
    expect(waits).toEqual([7000]);
  });

  it('never commits what the target does not have yet', async () => {
    const target = new ScriptedTarget();
    const { run, commits, tick, stopping } = scene([recordOf(1), recordOf(2)], target);
    const send = target.send.bind(target);
    target.send = async (request) => {
      if (target.requests.length === 1) {
        tick();
        stopping.abort();
        return FAILED;
      }
      return send(request);
    };
    await run();
    expect(commits).toEqual([{ next: 2, outputs: [] }]);
  });

  it('keeps what the target refuses for good in rejects, with the position, and goes on', async () => {
    const { run, target, commits } = scene([recordOf(1), recordOf(2)], new ScriptedTarget(REFUSED));
    await run();
    expect(target.names()).toEqual(['m1', 'm2']);
    const [reject] = commits[0]?.outputs ?? [];
    expect(reject?.topic).toBe('tandem.rejects');
    const decoded = rejectRecord.decode({ value: reject?.value ?? null, headers: reject?.headers ?? {} });
    expect(decoded).toMatchObject({
      ok: true,
      value: { by: 'forward/vm', reason: 'refused', detail: 'HTTP 400: out of order', sourceOffset: 1 },
    });
  });

  it('keeps a record that cannot be read in rejects and goes on', async () => {
    const { run, target, commits } = scene(
      [recordOf(1, '2.0', Buffer.from('rubbish')), recordOf(2)],
      new ScriptedTarget(),
    );
    await run();
    expect(target.names()).toEqual(['m2']);
    expect(commits[0]?.outputs).toHaveLength(1);
  });

  it('says what retention removed before it was read', async () => {
    const { run, target, losses } = scene([recordOf(9), recordOf(12)], new ScriptedTarget(), { lostFrom: 4 });
    await run();
    expect(target.names()).toEqual(['m9', 'm12']);
    expect(losses).toEqual([{ topic: 'tandem.deduped', partition: 0, from: 4, to: 9 }]);
  });

  it('ends with the error of a commit that failed', async () => {
    const { run } = scene([recordOf(1)], new ScriptedTarget(), { failCommit: true });
    await expect(run()).rejects.toThrow('taken over');
  });
});
