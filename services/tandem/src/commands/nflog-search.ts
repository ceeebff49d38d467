import { topicName } from '@tandem/stream';

import { withLogToRead } from '../ha/open-log-to-read.ts';
import { printReport } from '../ha/report.ts';
import { countFlag, filterOf, type NflogFilterFlags } from '../nflog/nflog-flags.ts';
import { searchDecisions } from '../nflog/search-decisions.ts';

/** Flags of `tandem nflog search`. */
export interface NflogSearchFlags extends NflogFilterFlags {
  readonly limit: string;
}

/** Lists decisions. @returns 0 */
export async function nflogSearch(args: readonly string[], flags: NflogSearchFlags): Promise<number> {
  const filter = filterOf(flags, Date.now());
  const { cluster, json = false } = flags;
  const query = { filter, cluster, json, limit: countFlag('--limit', flags.limit) };
  const report = await withLogToRead(args, (reader, _topics, { stream }) =>
    searchDecisions(reader, topicName(stream.kafka.topic_prefix, 'notifications'), query),
  );
  printReport(report);
  return 0;
}
