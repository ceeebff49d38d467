import { parseMatchers } from '@tandem/alerting';
import { EXIT_CODES } from '@tandem/lifecycle';
import { topicName } from '@tandem/stream';

import { CommandExit } from '../config/command-exit.ts';
import { durationFlag } from '../ha/duration-flag.ts';
import { withLogToRead } from '../ha/open-log-to-read.ts';
import { takeOperands } from '../ha/operands.ts';
import { printReport, unreadableNote } from '../ha/report.ts';
import { pointInTime } from '../nflog/nflog-flags.ts';
import { whyJson, whyText } from '../nflog/why-report.ts';
import { findWhy } from '../nflog/why.ts';

/** Flags of `tandem nflog why`. */
export interface NflogWhyFlags {
  readonly window: string;
  readonly cluster?: string;
  readonly json?: boolean;
}

const USAGE = `tandem nflog why 'alertname="Down"' 2026-03-01T03:12:00Z`;

/** Says why somebody was, or was not, told of alerts at a time. @returns 0 */
export async function nflogWhy(args: readonly string[], flags: NflogWhyFlags): Promise<number> {
  const { operands, argv } = takeOperands(
    args,
    ['alert matchers', 'time'].map((name) => ({ name, usage: USAGE })),
  );
  const [text = '', time = ''] = operands;
  const parsed = parseMatchers(text, 'default');
  if (!parsed.ok) throw new CommandExit(EXIT_CODES.usage, `cannot read ALERTS: ${parsed.error}`);
  if (parsed.value.matchers.length === 0) throw new CommandExit(EXIT_CODES.usage, `ALERTS: no matchers: ${USAGE}`);
  const timeMs = pointInTime(time, Date.now());
  const windowMs = durationFlag('--window', flags.window, '30m') ?? 0;
  const query = { matchers: parsed.value.matchers, timeMs, windowMs, cluster: flags.cluster };
  const report = await withLogToRead(argv, async (reader, _topics, { stream }) => {
    const prefix = stream.kafka.topic_prefix;
    const notifications = topicName(prefix, 'notifications');
    const why = await findWhy(reader, { notifications, alerts: topicName(prefix, 'alerts') }, query);
    const notes = unreadableNote(notifications, why.unreadable);
    return { text: flags.json === true ? whyJson(why, query) : whyText(why, query), notes };
  });
  printReport(report);
  return 0;
}
