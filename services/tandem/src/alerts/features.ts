import { failure, success, type MatcherMode, type Outcome } from '@tandem/alerting';

/** What `--enable-feature` asks for. */
export interface Features {
  readonly matcherMode: MatcherMode;
  /** Labels that metrics of notifications carry beside their own. */
  readonly receiverNameInMetrics: boolean;
  /** Names that are known and change nothing here. */
  readonly unused: readonly string[];
}

const RECEIVER_NAMES = 'receiver-name-in-metrics';
const MODES: ReadonlyMap<string, MatcherMode> = new Map([
  ['classic-mode', 'classic'],
  ['utf8-strict-mode', 'utf8-strict'],
]);
const UNUSED: ReadonlySet<string> = new Set([
  'alert-names-in-metrics',
  'group-key-in-metrics',
  'auto-gomemlimit',
  'event-recorder',
]);

/** Reads the names of `--enable-feature`, by commas. */
export function parseFeatures(text: string): Outcome<Features> {
  const names = text === '' ? [] : text.split(',');
  const unknown = names.find((name) => !MODES.has(name) && !UNUSED.has(name) && name !== RECEIVER_NAMES);
  if (unknown !== undefined) return failure(`unknown option '${unknown}' for --enable-feature`);
  const modes = new Set(names.flatMap((name) => MODES.get(name) ?? []));
  if (modes.size > 1) return failure('cannot have both classic and UTF-8 modes enabled');
  const [matcherMode = 'default'] = modes;
  return success({
    matcherMode,
    receiverNameInMetrics: names.includes(RECEIVER_NAMES),
    unused: names.filter((name) => UNUSED.has(name)),
  });
}
