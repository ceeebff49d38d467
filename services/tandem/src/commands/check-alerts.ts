import { buildRoutes, TimeIntervals, type MatcherMode, type Route } from '@tandem/alerting';
import {
  formatAlertmanagerConfig,
  namedTimeIntervals,
  routeSpec,
  type AlertmanagerConfig,
} from '@tandem/alertmanager-config';
import { parseTime } from '@tandem/config';
import { EXIT_CODES } from '@tandem/lifecycle';

import { checkFile, isUsable } from '../alerts/check-file.ts';
import { checkReport } from '../alerts/check-report.ts';
import { isExpected, parseAlertLabels, testRoute } from '../alerts/route-test.ts';
import { matchingTree, routeTree } from '../alerts/route-tree.ts';
import { CommandExit } from '../config/command-exit.ts';

/** Flags of `tandem check alerts`. */
export interface CheckAlertsFlags {
  readonly route?: string;
  readonly verify?: string;
  readonly at?: string;
  readonly tree?: boolean;
  readonly print?: boolean;
  readonly enableFeature?: string;
}

const MODES: ReadonlyMap<string, MatcherMode> = new Map([
  ['classic-mode', 'classic'],
  ['utf8-strict-mode', 'utf8-strict'],
]);

/** Checks alertmanager.yml files; with `--route`, `--tree` or `--print` one, and says what it does. @returns 0; 1 when it is refused */
export function checkAlerts(files: readonly string[], flags: CheckAlertsFlags): number {
  const mode = modeOf(flags.enableFeature ?? '');
  if (asksOne(flags)) return showOne(files, flags, mode);
  if (flags.verify !== undefined || flags.at !== undefined) throw usage('--verify and --at go with --route');
  const checked = files.map((file) => checkFile(file, mode));
  for (const one of checked) {
    console.log(checkReport(one));
    for (const warning of one.warnings) console.error(`warning: ${warning}`);
  }
  const refused = checked.filter((one) => !isUsable(one)).length;
  if (refused > 0) console.error(`tandem: ${refused} of ${files.length} files refused`);
  return refused > 0 ? EXIT_CODES.failed : EXIT_CODES.clean;
}

function asksOne({ route, tree, print }: CheckAlertsFlags): boolean {
  return route !== undefined || tree === true || print === true;
}

function modeOf(features: string): MatcherMode {
  const names = features.split(',').filter((name) => name !== '');
  const [name, ...others] = names;
  if (name === undefined) return 'default';
  const mode = MODES.get(name);
  if (mode !== undefined && others.length === 0) return mode;
  throw usage(`--enable-feature: expected ${[...MODES.keys()].join(' or ')}, got "${features}"`);
}

/** What routes do can be shown of a file whose receivers cannot be sent to: it is read all the same. */
function showOne(files: readonly string[], flags: CheckAlertsFlags, mode: MatcherMode): number {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw usage('--route, --tree and --print take one file');
  const checked = checkFile(file, mode);
  for (const line of [...checked.warnings, ...checked.problems, ...checked.templateProblems]) {
    console.error(`${checked.config === undefined ? 'tandem' : 'warning'}: ${line}`);
  }
  if (checked.config === undefined) return EXIT_CODES.failed;
  if (flags.print === true) process.stdout.write(formatAlertmanagerConfig(checked.config));
  const root = buildRoutes(routeSpec(checked.config.route));
  if (flags.route === undefined) {
    if (flags.tree === true) console.log(routeTree(root));
    return EXIT_CODES.clean;
  }
  return showRoute(root, checked.config, flags, mode);
}

function showRoute(root: Route, config: AlertmanagerConfig, flags: CheckAlertsFlags, mode: MatcherMode): number {
  const labels = parseAlertLabels(flags.route ?? '', mode);
  if (!labels.ok) throw usage(`--route: ${labels.error}`);
  const timeMs = flags.at === undefined ? Date.now() : parseTime(flags.at);
  if (timeMs === undefined) throw usage(`--at: expected RFC 3339 or Unix seconds, got "${flags.at ?? ''}"`);
  if (flags.tree === true) console.log(`${matchingTree(root, labels.value)}\n`);
  const test = testRoute(root, labels.value, new TimeIntervals(namedTimeIntervals(config)), timeMs);
  console.log(test.receivers.join(','));
  console.log(`\n${test.details}`);
  if (flags.verify === undefined || isExpected(test.receivers, flags.verify)) return EXIT_CODES.clean;
  console.error(`tandem: expected the receivers ${flags.verify}, got ${test.receivers.join(',')}`);
  return EXIT_CODES.failed;
}

function usage(message: string): CommandExit {
  return new CommandExit(EXIT_CODES.usage, `tandem: ${message}`);
}
