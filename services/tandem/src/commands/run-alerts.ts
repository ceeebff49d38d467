import { EXIT_CODES, runUntilSignal, type HostProcess } from '@tandem/lifecycle';
import { createLogger, createMetrics, type RootLogger } from '@tandem/telemetry';
import { describeError } from '@tandem/errors';

import { ALERT_FLAGS } from '../alerts/flags/alert-flags.ts';
import { formatFlagHelp } from '../alerts/flags/flag-help.ts';
import { parseFlags, type ParsedFlags } from '../alerts/flags/parse-flags.ts';
import { VERSION } from '../version.ts';

const NAME = 'tandem alerts';
const TANDEM_PREFIX = 'tandem.';

/** Flags of a process of alerts, read. */
export type AlertsCommandLine = ParsedFlags<typeof ALERT_FLAGS>;

/**
 * Runs `tandem alerts` until SIGTERM or SIGINT. Its exit codes are upstream's: 1 for whatever keeps it from running, its
 * command line and configuration included; 0 once it has stopped as asked.
 *
 * @param argv what follows the command, as it was given
 * @returns the exit code
 */
export async function runAlerts(argv: readonly string[]): Promise<number> {
  const isPrefixedSwitch = await tandemSwitches(argv);
  const outcome = parseFlags(argv, { flags: ALERT_FLAGS, prefix: TANDEM_PREFIX, isPrefixedSwitch });
  if (outcome.kind === 'parsed') return run(outcome.flags);
  if (outcome.kind === 'refused') {
    process.stderr.write(`${NAME}: error: ${outcome.error}, try --help\n`);
    return EXIT_CODES.failed;
  }
  process.stdout.write(outcome.kind === 'help' ? formatFlagHelp(`${NAME} [<flags>]`, ALERT_FLAGS) : versionText());
  return EXIT_CODES.clean;
}

async function run(commandLine: AlertsCommandLine): Promise<number> {
  const { values } = commandLine;
  const logger = createLogger({ level: values['log.level'], format: values['log.format'], style: 'slog' });
  logger.info({ version: VERSION, node: process.version }, 'Starting Tandem alerts');
  noteIgnored(commandLine, logger);
  try {
    const { prepareAlerts } = await import('../compose/alerts/prepare-alerts.ts');
    const metrics = createMetrics({ version: VERSION });
    const { app, reload } = await prepareAlerts(commandLine, { logger, metrics, version: VERSION });
    return await runUntilSignal(app, { logger, reload: () => reload().then(() => undefined), host: UPSTREAM_EXITS });
  } catch (error) {
    logger.error({ err: describeError(error) }, 'tandem alerts exited with error');
    return EXIT_CODES.failed;
  }
}

/** A stop that left something undone is still a stop, for what runs this as it ran Alertmanager. */
const UPSTREAM_EXITS: HostProcess = {
  on: (event, listener) => process.on(event, listener),
  off: (event, listener) => process.off(event, listener),
  exit: (code) => process.exit(code === EXIT_CODES.incomplete ? EXIT_CODES.clean : code),
};

function noteIgnored({ given }: AlertsCommandLine, logger: RootLogger): void {
  const ignored = Object.entries(ALERT_FLAGS).filter(([name, flag]) => given.has(name) && flag.ignored !== undefined);
  if (ignored.length === 0) return;
  logger.debug({ flags: ignored.map(([name]) => `--${name}`).join(' ') }, 'flags that are accepted and have no effect');
}

/** The configuration is read only where a flag of it is given: it takes a while to load. */
async function tandemSwitches(argv: readonly string[]): Promise<(name: string) => boolean | undefined> {
  if (!argv.some((argument) => /^--(?:no-)?tandem\./u.test(argument))) return () => undefined;
  const { tandemFlags } = await import('../config/tandem-flags.ts');
  return tandemFlags();
}

function versionText(): string {
  return `${NAME}, version ${VERSION}\n  node version:     ${process.version}\n  platform:         ${process.platform}/${process.arch}\n`;
}
