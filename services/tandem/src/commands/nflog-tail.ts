import { topicName } from '@tandem/stream';

import { withLogToRead } from '../ha/open-log-to-read.ts';
import { countFlag, filterOf, type NflogFilterFlags } from '../nflog/nflog-flags.ts';
import { tailDecisions } from '../nflog/tail-decisions.ts';

/** Flags of `tandem nflog tail`. */
export interface NflogTailFlags extends NflogFilterFlags {
  readonly lines: string;
}

const ENDS = ['SIGINT', 'SIGTERM'] as const;

/** Shows decisions as they are made, until a signal or whoever reads them ends it. @returns 0 */
export async function nflogTail(args: readonly string[], flags: NflogTailFlags): Promise<number> {
  const filter = filterOf({ ...flags, since: flags.since ?? '1d' }, Date.now());
  const { cluster, json = false } = flags;
  const ended = new AbortController();
  const end = (): void => ended.abort();
  for (const signal of ENDS) process.once(signal, end);
  process.stdout.once('error', end);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const query = { filter, cluster, json, limit: countFlag('--lines', flags.lines), signal: ended.signal, write };
  try {
    await withLogToRead(args, (reader, _topics, { stream }) =>
      tailDecisions(reader, topicName(stream.kafka.topic_prefix, 'notifications'), query),
    );
  } finally {
    for (const signal of ENDS) process.off(signal, end);
  }
  return 0;
}
