import { decodeSamplesHeaders } from '@tandem/records';
import { type Log } from '@tandem/stream';
import { type Arrival, type Tally } from './subject.ts';

/** Whoever answers 2xx only when the log has it is done with a request when it has answered. */
const NOTHING_LEFT = (): Promise<void> => Promise.resolve();

/** Counts the records of a topic from now on, by position, and the samples by their headers. */
export async function logArrival(log: Log, topic: string): Promise<Arrival> {
  const before = await endsOf(log, topic);
  return {
    idle: NOTHING_LEFT,
    count: async () => {
      const after = await endsOf(log, topic);
      const tallies = await Promise.all(
        after.map((until, partition) => countRange(log, { topic, partition, from: before[partition] ?? 0, until })),
      );
      return {
        requests: tallies.reduce((sum, { requests }) => sum + requests, 0),
        samples: tallies.reduce((sum, { samples }) => sum + samples, 0),
      };
    },
  };
}

async function endsOf(log: Log, topic: string): Promise<readonly number[]> {
  const partitions = await log.partitions(topic);
  const bounds = await Promise.all(Array.from({ length: partitions }, (_, partition) => log.bounds(topic, partition)));
  return bounds.map(({ end }) => end);
}

interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

async function countRange(log: Log, range: Range): Promise<Tally> {
  let requests = 0;
  let samples = 0;
  if (range.from === range.until) return { requests, samples };
  for await (const { records } of log.read(range)) {
    for (const { headers } of records) {
      const decoded = decodeSamplesHeaders(headers);
      if (!decoded.ok) throw new Error(`a record of ${range.topic} has headers that cannot be read`);
      requests += 1;
      samples += decoded.headers.samples;
    }
  }
  return { requests, samples };
}
