import { describe, expect, it } from '@jest/globals';
import { type HttpRequest, type HttpResponse } from '@tandem/server';
import { LogError, type OutgoingRecord, type Position, type RecordAppender } from '@tandem/stream';
import { createMetrics, NO_LOGGER, type Metrics } from '@tandem/telemetry';
import { VirtualClock } from '@tandem/testing';

import { createIngest } from '../src/ingest.ts';
import { body, SETTINGS, T0 } from './requests.ts';

const PAIR = [{ cluster: 'c1', replica: 'a' }];
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

/** A log that keeps what it is given, or fails. */
class RecordingLog implements RecordAppender {
  readonly records: OutgoingRecord[] = [];
  failure: Error | undefined;
  /** Which appends fail, though the log is well. */
  fails: (records: readonly OutgoingRecord[]) => boolean = () => false;

  partitions(): Promise<number> {
    return this.failure === undefined ? Promise.resolve(SETTINGS.partitions) : Promise.reject(this.failure);
  }

  append(records: readonly OutgoingRecord[]): Promise<readonly Position[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (this.fails(records)) return Promise.reject(new LogError('unavailable', 'cannot reach the partition'));
    this.records.push(...records);
    return Promise.resolve(records.map(({ topic, partition }, offset) => ({ topic, partition, offset })));
  }
}

function request(bytes: Uint8Array, headers: HttpRequest['headers'] = {}): HttpRequest {
  return {
    method: 'POST',
    path: '/api/v1/write',
    params: {},
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', ...headers },
    remoteAddress: '127.0.0.1',
    signal: new AbortController().signal,
    readBody: () => Promise.resolve({ outcome: 'read', bytes: Buffer.from(bytes) }),
    reserve: () => undefined,
  };
}

interface Setup {
  readonly log: RecordingLog;
  readonly metrics: Metrics;
  readonly write: (bytes: Uint8Array, headers?: HttpRequest['headers']) => Promise<HttpResponse>;
}

function setup(): Setup {
  const log = new RecordingLog();
  const metrics = createMetrics({ version: 'test', processMetrics: false });
  const clock = new VirtualClock(T0);
  const { routes } = createIngest({ log, settings: SETTINGS, metrics, logger: NO_LOGGER, clock, now: () => T0 });
  const handler = routes[0]?.handler;
  if (handler === undefined) throw new Error('there is no route');
  return { log, metrics, write: async (bytes, headers) => handler(request(bytes, headers)) };
}

describe('a sender that lacks a label', () => {
  const LACKING = [{ cluster: 'c1' }];
  const isNote = ({ headers }: OutgoingRecord): boolean => headers?.['kind'] === 'sender';

  it('is told of in the log, beside its request', async () => {
    const { write, log } = setup();
    expect(await write(body(LACKING))).toMatchObject({ status: 204 });
    expect(log.records.map(isNote)).toEqual([false, true]);
  });

  it('is answered as its request deserves, whatever becomes of the note', async () => {
    const { write, log } = setup();
    log.fails = (records) => records.some(isNote);
    expect(await write(body(LACKING))).toMatchObject({ status: 204 });
    expect(log.records.map(isNote)).toEqual([false]);
  });
});

describe('answering a write request', () => {
  it('answers 204 without a body once the log has the records', async () => {
    const { write, log } = setup();
    expect(await write(body(PAIR))).toEqual({ status: 204, headers: {} });
    expect(log.records).toHaveLength(1);
  });

  it('tells a 2.0 sender how much was written, and a 1.0 sender nothing', async () => {
    const { write } = setup();
    const answer = await write(body(PAIR, 'v2'), { 'content-type': V2 });
    expect(answer.headers).toEqual({
      'x-prometheus-remote-write-samples-written': '1',
      'x-prometheus-remote-write-histograms-written': '0',
      'x-prometheus-remote-write-exemplars-written': '0',
    });
  });

  it('answers 400 with what was written when a part of the request is refused', async () => {
    const { write, log } = setup();
    const bytes = body([...PAIR, { cluster: 'c1', replica: 'a', name: 'late', timestampMs: T0 + 700_000 }], 'v2');
    const answer = await write(bytes, { 'content-type': V2 });
    expect(answer).toMatchObject({ status: 400, headers: { 'x-prometheus-remote-write-samples-written': '1' } });
    expect(log.records).toHaveLength(1);
  });

  it.each([
    ['text/plain', 'snappy', 415],
    ['application/x-protobuf;proto=other.Message', 'snappy', 415],
    ['application/x-protobuf', 'gzip', 415],
  ])('answers content type %s with encoding %s: %i', async (type, encoding, status) => {
    const { write, log } = setup();
    const answer = await write(body(PAIR), { 'content-type': type, 'content-encoding': encoding });
    expect(answer.status).toBe(status);
    expect(log.records).toEqual([]);
  });

  it('looks at the content type before the body', async () => {
    const { write } = setup();
    expect((await write(Buffer.from('rubbish'), { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('asks senders to send again when the log cannot even say how many partitions there are, and recovers', async () => {
    const { write, log } = setup();
    log.failure = new LogError('unavailable', 'no broker');
    expect((await write(body(PAIR))).status).toBe(503);
    log.failure = undefined;
    expect((await write(body(PAIR))).status).toBe(204);
  });

  it.each(['unavailable', 'full', 'unknown-topic', 'closed'] as const)(
    'asks senders to send again when the log is %s: 503 with Retry-After',
    async (reason) => {
      const { write, log } = setup();
      await write(body(PAIR));
      log.failure = new LogError(reason, 'no');
      const answer = await write(body(PAIR, 'v2'), { 'content-type': V2 });
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '5', 'x-prometheus-remote-write-samples-written': '0' },
      });
    },
  );

  it('says nothing of what went wrong inside', async () => {
    const { write, log } = setup();
    log.failure = new Error('password=hunter2');
    const answer = await write(body(PAIR));
    expect(answer.status).toBe(500);
    expect(answer.body).toBe('internal error\n');
  });

  it('takes the tenant from its header', async () => {
    const { write, log } = setup();
    await write(body(PAIR), { 'x-scope-orgid': 'team1' });
    await write(body(PAIR));
    expect(log.records.map(({ headers }) => headers?.['tenant'])).toEqual(['team1', 'anonymous']);
  });

  it('refuses a tenant of odd characters', async () => {
    const { write } = setup();
    expect((await write(body(PAIR), { 'x-scope-orgid': 'a/b' })).status).toBe(400);
  });

  it('counts what is in the log, and what was refused by its reason', async () => {
    const { write, metrics } = setup();
    await write(body(PAIR));
    await write(Buffer.from('rubbish that is not snappy'));
    const text = await metrics.render();
    expect(text).toContain('tandem_ingest_samples_total{protocol="v1"} 1');
    expect(text).toContain('tandem_ingest_records_total{form="untouched"} 1');
    expect(text).toContain('tandem_ingest_refused_requests_total{reason="corrupt-snappy"} 1');
  });
});
