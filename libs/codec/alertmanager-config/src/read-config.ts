import { type MatcherMode } from '@tandem/alerting';

import { configFile, type AlertmanagerConfig } from './alertmanager-config.ts';
import { withMailHeaders } from './inherit.ts';
import { resolvePaths, type ResolvePath } from './paths.ts';
import { globalConfig } from './schema/global.ts';
import { anyValue, type AnyValue } from './yaml/any-value.ts';
import { Decoding, isNull, ReadingStopped } from './yaml/decoding.ts';
import { emitYaml } from './yaml/emit.ts';
import { type YamlNode } from './yaml/node.ts';
import { type Problem } from './yaml/problem.ts';
import { readDocument } from './yaml/read-document.ts';
import { FAILED } from './yaml/type.ts';

/** How a configuration is read. */
export interface ReadOptions {
  /** Which syntax of matchers holds. */
  readonly mode?: MatcherMode;
  /** Resolves paths that are meant from the file's directory; without it they stay as they are. */
  readonly resolvePath?: ResolvePath;
}

/** The configuration with what is noteworthy about it, or everything that is wrong with it; both in the file's order. */
export type ConfigOutcome =
  | { readonly ok: true; readonly config: AlertmanagerConfig; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const START = { line: 1, column: 1 };

/** Reads an alertmanager.yml of version 0.34, and checks it as Alertmanager does when it loads it. */
export function readAlertmanagerConfig(text: string, options: ReadOptions = {}): ConfigOutcome {
  const document = readDocument(text);
  if (!document.ok) return refused([document.problem]);
  if (document.root === undefined || isNull(document.root)) {
    return refused([{ ...START, message: 'no route provided in config' }]);
  }
  const decoding = new Decoding(options.mode ?? 'default');
  try {
    return readRoot(document.root, decoding, options.resolvePath);
  } catch (stopped) {
    if (!(stopped instanceof ReadingStopped)) throw stopped;
    return refused([...decoding.problems, { ...stopped.at, message: stopped.message }]);
  }
}

/** A text of any shape as YAML: what a leaf of a webhook's `payload` stands for. `undefined`: it is not YAML. */
export function readAnyValue(text: string): AnyValue | undefined {
  const document = readDocument(text);
  if (!document.ok) return undefined;
  if (document.root === undefined) return null;
  const decoding = new Decoding('default');
  try {
    const value = decoding.read(anyValue, document.root, null);
    return value === FAILED || decoding.problems.length > 0 ? undefined : value;
  } catch (stopped) {
    if (!(stopped instanceof ReadingStopped)) throw stopped;
    return undefined;
  }
}

function readRoot(root: YamlNode, decoding: Decoding, resolve: ResolvePath | undefined): ConfigOutcome {
  const value = decoding.read(configFile, root, configFile.zero());
  if (value === FAILED || value.route === undefined) return refused(decoding.problems);
  const config: AlertmanagerConfig = {
    ...value,
    global: value.global ?? globalConfig.initial(),
    route: value.route,
    receivers: withMailHeaders(value.receivers, value.route),
  };
  const resolved = resolve === undefined ? config : resolvePaths(config, resolve);
  return { ok: true, config: resolved, warnings: inOrder(decoding.warnings) };
}

function refused(problems: readonly Problem[]): ConfigOutcome {
  return { ok: false, problems: inOrder(problems) };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** A configuration as YAML: defaults filled in, secrets as `<secret>`; what `/api/v2/status` answers as `config.original`. */
export function formatAlertmanagerConfig(config: AlertmanagerConfig): string {
  return emitYaml(configFile.encode(config));
}
