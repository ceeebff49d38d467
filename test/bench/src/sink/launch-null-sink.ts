import { fileURLToPath } from 'node:url';
import { freePort, httpOk, launch } from '@tandem/testing';
import { pinned } from '../measure/pin.ts';
import { type SinkCounts } from './counts.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** A running null sink. */
export interface NullSink {
  /** Where to write to. */
  readonly writeUrl: string;
  counts(): Promise<SinkCounts>;
  stop(): Promise<void>;
}

/** Starts a null sink in a process of its own, on the core of the load. */
export async function launchNullSink(): Promise<NullSink> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = await pinned('load', { command: process.execPath, args: [PROGRAM, String(port)] });
  const sink = await launch({ name: 'null-sink', ...command, ready: () => httpOk(url) });
  return {
    writeUrl: `${url}/api/v1/write`,
    counts: async () => (await (await fetch(url)).json()) as SinkCounts,
    stop: async () => {
      await sink.stop();
    },
  };
}
