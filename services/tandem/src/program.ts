import { EXIT_CODES } from '@tandem/lifecycle';
import { Command } from 'commander';

import type { CheckAlertsFlags } from './commands/check-alerts.ts';
import type { HaCommandFlags } from './commands/ha-command.ts';
import type { HaExplainFlags } from './commands/ha-explain.ts';
import type { HaHistoryFlags } from './commands/ha-history.ts';
import type { HaLedgerFlags } from './commands/ha-ledger.ts';
import type { HaListFlags } from './commands/ha-list.ts';
import type { HaShowFlags } from './commands/ha-show.ts';
import type { HaWhatIfFlags } from './commands/ha-whatif.ts';
import type { PartitionOfFlags } from './commands/partition-of.ts';
import type { ServiceName } from './compose/services.ts';
import { configHelp } from './config/help.ts';
import { addNflogCommands } from './nflog/nflog-commands.ts';
import { VERSION } from './version.ts';

/** What a command says it ended with. */
export type Finish = (exitCode: number) => void;

interface ServiceCommand {
  readonly name: string;
  readonly summary: string;
  readonly services: readonly ServiceName[];
  readonly port: number;
}

const SERVICE_COMMANDS: readonly ServiceCommand[] = [
  { name: 'up', summary: 'run everything in one process', services: ['ingest', 'dedup', 'forward'], port: 9460 },
  { name: 'ingest', summary: 'run ingest: remote write to the log', services: ['ingest'], port: 9461 },
  { name: 'dedup', summary: 'run dedup: one elected copy of each cluster', services: ['dedup'], port: 9462 },
  {
    name: 'forward',
    summary: 'run forward: the deduplicated stream to its targets',
    services: ['forward'],
    port: 9464,
  },
];

/** The command line of Tandem. Commands load what they need themselves, so that each starts fast. */
export function createProgram(finish: Finish): Command {
  const program = new Command('tandem')
    .description('Two Prometheus replicas in, one gapless stream out.')
    .version(VERSION, '--version')
    .showHelpAfterError('(tandem --help lists the commands)')
    .exitOverride((error) => {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.usage;
      throw error;
    });
  for (const command of SERVICE_COMMANDS) addServiceCommand(program, command, finish);
  addAlertsCommand(program, finish);
  addTopicCommands(program, finish);
  const ha = program.command('ha').description('clusters, and which replica is elected');
  addHaCommands(ha, finish);
  addHaActions(ha, finish);
  addNflogCommands(program, configured, finish);
  addCheckCommands(program, finish);
  addSinkCommand(program, finish);
  program
    .command('demo')
    .description('show a failover: two replicas, an embedded pipeline, a checking sink; ends by itself')
    .action(async () => {
      const { demo } = await import('./commands/demo.ts');
      finish(await demo());
    });
  return program;
}

/** A command whose flags are the configuration's. */
function configured(command: Command): Command {
  return command.allowUnknownOption().allowExcessArguments().addHelpText('after', configHelp);
}

function addServiceCommand(program: Command, { name, summary, services, port }: ServiceCommand, finish: Finish): void {
  configured(program.command(name).description(summary)).action(async (_options: unknown, command: Command) => {
    const { runServices } = await import('./commands/run-services.ts');
    finish(await runServices({ services, defaultPort: port }, command.args));
  });
}

/** Its flags are upstream's, which are read as upstream reads them: nothing of them is commander's, not even --help. */
function addAlertsCommand(program: Command, finish: Finish): void {
  program
    .enablePositionalOptions()
    .command('alerts')
    .description('run alerts: a drop-in Alertmanager whose cluster is the log')
    .passThroughOptions()
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options: unknown, command: Command) => {
      const { runAlerts } = await import('./commands/run-alerts.ts');
      finish(await runAlerts(command.args));
    });
}

function addTopicCommands(program: Command, finish: Finish): void {
  const topics = program.command('topics').description('topics of the log');
  configured(topics.command('create').description('create missing topics, check the settings of all')).action(
    async (_options: unknown, command: Command) => {
      const { createTopics } = await import('./commands/create-topics.ts');
      finish(await createTopics(command.args));
    },
  );
  const partitionOf = program
    .command('partition-of')
    .description('say where a cluster, or a series of it, goes: key, shard and partition, by the configuration')
    .argument('<cluster>', 'value of the cluster label')
    .option('--series <series>', 'all labels of a series but the replica’s, as PromQL = matchers')
    .option('--tenant <tenant>', 'tenant of the cluster; without it ingest.default_tenant')
    .option('--json', 'print JSON');
  configured(partitionOf).action(async (_cluster: string, flags: PartitionOfFlags, command: Command) => {
    const { partitionOf: print } = await import('./commands/partition-of.ts');
    finish(print(command.args, flags));
  });
}

const FROM_LOG_NOTE = `
From the log alone, whether services run or not; nothing is written.`;
const LAST_HEARD_NOTE = `${FROM_LOG_NOTE} Last heard is log time as last announced: the
elected replica may have been heard since, by at most dedup.update_timeout and its jitter.`;

function addHaCommands(ha: Command, finish: Finish): void {
  const add = (name: string, summary: string, note = LAST_HEARD_NOTE): Command =>
    configured(
      ha
        .command(name)
        .description(summary)
        .option('--tenant <tenant>', 'clusters of this tenant alone')
        .option('--json', 'print JSON, times as RFC 3339')
        .addHelpText('after', note),
    );
  add('list', 'list every cluster, and who is elected since when').action(
    async (flags: HaListFlags, command: Command) => {
      const { haList } = await import('./commands/ha-list.ts');
      finish(await haList(command.args, flags));
    },
  );
  add('show', 'show a cluster, and its last five elections')
    .argument('<cluster>', 'value of the cluster label')
    .action(async (_cluster: string, flags: HaShowFlags, command: Command) => {
      const { haShow } = await import('./commands/ha-show.ts');
      finish(await haShow(command.args, flags));
    });
  add('history', 'list the elections of a cluster, why each was held, and changes of settings')
    .argument('<cluster>', 'value of the cluster label')
    .option('--since <duration>', 'how far back, for example 24h; without it all that is kept')
    .option('--limit <number>', 'the most elections, the newest ones', '100')
    .action(async (_cluster: string, flags: HaHistoryFlags, command: Command) => {
      const { haHistory } = await import('./commands/ha-history.ts');
      finish(await haHistory(command.args, flags));
    });
  add('ledger', 'say what each replica sent, what came out of it, and why the rest did not', FROM_LOG_NOTE)
    .argument('<cluster>', 'value of the cluster label')
    .option('--range <duration>', 'how far back, in whole minutes', '1h')
    .option('--by <what>', 'minute or replica', 'replica')
    .action(async (_cluster: string, flags: HaLedgerFlags, command: Command) => {
      const { haLedger } = await import('./commands/ha-ledger.ts');
      finish(await haLedger(command.args, flags));
    });
  add('whatif', 'replay what was received with other settings: what would have been elected', FROM_LOG_NOTE)
    .argument('<cluster>', 'value of the cluster label')
    .option('--failover-timeout <duration>', "instead of the configuration's dedup.failover_timeout; or auto")
    .option('--failover-sample-timeout <duration>', "instead of the configuration's dedup.failover_sample_timeout")
    .option('--handover', "instead of the configuration's dedup.handover")
    .option('--no-handover', "instead of the configuration's dedup.handover")
    .option('--range <duration>', 'how far back', '6h')
    .action(async (_cluster: string, flags: HaWhatIfFlags, command: Command) => {
      const { haWhatIf } = await import('./commands/ha-whatif.ts');
      finish(await haWhatIf(command.args, flags));
    });
  add('explain', 'say of every copy of a sample what became of it, and what came out', FROM_LOG_NOTE)
    .argument('<series>', 'PromQL selector of = matchers; the cluster label must be among them')
    .argument('<time>', 'RFC 3339 or Unix seconds')
    .option('--window <duration>', 'samples so far before and after TIME', '30s')
    .option('--search <duration>', 'read what was appended until so long after TIME', '10m')
    .action(async (_series: string, _time: string, flags: HaExplainFlags, command: Command) => {
      const { haExplain } = await import('./commands/ha-explain.ts');
      finish(await haExplain(command.args, flags));
    });
}

function addHaActions(ha: Command, finish: Finish): void {
  const add = (command: 'failover' | 'pin' | 'release', operands: readonly string[], summary: string): void => {
    const added = ha.command(command).description(summary).argument('<cluster>', 'value of the cluster label');
    if (operands.includes('replica')) added.argument('<replica>', 'value of the replica label');
    configured(added)
      .option('--tenant <tenant>', 'tenant of the cluster, where several have one of the name')
      .option('--why <text>', 'the reason, for those who come later')
      .option('--timeout <duration>', 'how long to wait until it has taken effect', '15s')
      .option('--force', 'even if the replica was not heard in the last minute')
      .option('--json', 'print JSON')
      .action(async (...parameters: readonly unknown[]) => {
        const { haCommand } = await import('./commands/ha-command.ts');
        const self = parameters.at(-1) as Command;
        finish(await haCommand(command, self.args, self.opts<HaCommandFlags>()));
      });
  };
  add('failover', ['replica'], 'elect another replica now');
  add('pin', ['replica'], 'elect a replica, and nobody else until it is released');
  add('release', [], 'let the rules decide again');
}

function addCheckCommands(program: Command, finish: Finish): void {
  const check = program.command('check').description('check files before they are used');
  configured(
    check
      .command('config')
      .description('check the configuration: the file, with flags and environment over it')
      .option('--print', 'print it as it is in effect, secrets masked'),
  ).action(async (options: { readonly print?: boolean }, command: Command) => {
    const { checkConfig } = await import('./commands/check-config.ts');
    const [first, ...rest] = command.args;
    const file = first === undefined || first.startsWith('-') ? undefined : first;
    finish(checkConfig(file, file === undefined ? command.args : rest, options.print ?? false));
  });
  addCheckAlerts(check, finish);
}

const CHECK_ALERTS_NOTE = `
Says what "amtool check-config" says, and refuses receivers that cannot be sent to yet.
With --route it prints the receivers an alert goes to, then each route it takes.`;

function addCheckAlerts(check: Command, finish: Finish): void {
  check
    .command('alerts')
    .description('check alertmanager.yml files, and test where an alert goes')
    .argument('<files...>', 'alertmanager.yml')
    .option('--route <labels>', "labels of an alert, for example 'alertname=Down,job=node': where it goes")
    .option('--verify <receivers>', 'with --route: the receivers that are expected, by commas; 1 if they differ')
    .option('--at <time>', 'with --route: RFC 3339 or Unix seconds; without it now')
    .option('--tree', 'draw the routing tree; with --route the part of it that is taken')
    .option('--print', 'print it with defaults filled in, secrets masked')
    .option('--enable-feature <name>', 'classic-mode or utf8-strict-mode: how matchers are read')
    .addHelpText('after', CHECK_ALERTS_NOTE)
    .action(async (files: readonly string[], flags: CheckAlertsFlags) => {
      const { checkAlerts } = await import('./commands/check-alerts.ts');
      finish(checkAlerts(files, flags));
    });
}

function addSinkCommand(program: Command, finish: Finish): void {
  program
    .command('sink')
    .description('a remote-write target that verifies order, gaps and doubles of each series; report on /report')
    .option('--listen-address <address>', 'where to listen', ':9470')
    .option('--replica-label <label>', 'label that must not be there', '__replica__')
    .option('--max-series <number>', 'series that are checked', '100000')
    .action(async (flags: { listenAddress: string; replicaLabel: string; maxSeries: string }) => {
      const { runSink } = await import('./commands/sink.ts');
      finish(await runSink(flags));
    });
}
