import { type Command } from 'commander';

import type { NflogSearchFlags } from '../commands/nflog-search.ts';
import type { NflogTailFlags } from '../commands/nflog-tail.ts';
import type { NflogWhyFlags } from '../commands/nflog-why.ts';

const FROM_LOG_NOTE = `
From the log alone, whether services run or not; nothing is written. What an instance decides again and again
is written once in 4 hours, and counted.`;

/**
 * Adds `tandem nflog …`.
 *
 * @param configured makes a command take the flags of the configuration
 */
export function addNflogCommands(
  program: Command,
  configured: (command: Command) => Command,
  finish: (exitCode: number) => void,
): void {
  const nflog = program.command('nflog').description('why receivers were told of alerts, or were not');
  const add = (name: string, summary: string): Command =>
    configured(
      nflog
        .command(name)
        .description(summary)
        .option('--cluster <label>', 'decisions of this alerts cluster alone')
        .option('--json', 'print JSON, times as RFC 3339')
        .addHelpText('after', FROM_LOG_NOTE),
    );
  withFilter(add('search', 'list decisions, the newest ones'))
    .option('--limit <number>', 'the most decisions', '100')
    .action(async (flags: NflogSearchFlags, command: Command) => {
      const { nflogSearch } = await import('../commands/nflog-search.ts');
      finish(await nflogSearch(command.args, flags));
    });
  withFilter(add('tail', 'show decisions as they are made'))
    .option('--lines <number>', 'the most decisions that were made before', '10')
    .action(async (flags: NflogTailFlags, command: Command) => {
      const { nflogTail } = await import('../commands/nflog-tail.ts');
      finish(await nflogTail(command.args, flags));
    });
  add('why', 'say why receivers were, or were not, told of alerts at a time')
    .argument('<alerts>', `matchers that one alert fulfils, such as 'alertname="Down",job="node"'`)
    .argument('<time>', 'RFC 3339, Unix seconds, or a time of day in UTC such as 03:12')
    .option('--window <duration>', 'decisions so far before and after TIME', '30m')
    .action(async (_alerts: string, _time: string, flags: NflogWhyFlags, command: Command) => {
      const { nflogWhy } = await import('../commands/nflog-why.ts');
      finish(await nflogWhy(command.args, flags));
    });
}

function withFilter(command: Command): Command {
  return command
    .option('--receiver <regex>', 'of receivers whose whole name matches')
    .option('--group <group>', "a group key, or matchers of the group's labels")
    .option('--filter <matcher>', 'a matcher; repeated: one alert fulfils all', collect)
    .option('--outcome <outcome>', 'sent, skipped, suppressed, failed, held or stopped; repeated: any', collect)
    .option('--instance <name>', 'of this instance; repeated: any', collect)
    .option('--since <time>', 'a duration back from now such as 24h, RFC 3339 or Unix seconds')
    .option('--until <time>', 'likewise');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
