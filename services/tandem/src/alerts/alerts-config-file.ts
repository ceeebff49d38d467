import { type MatcherMode } from '@tandem/alerting';
import { type AlertmanagerConfig } from '@tandem/alertmanager-config';
import { TandemError } from '@tandem/errors';

import { checkFile, isUsable } from './check-file.ts';
import { configHashMetric } from './config-hash.ts';

/** A file of `--config.file`, read and found good. */
export interface AlertsConfigFile {
  readonly config: AlertmanagerConfig;
  /** As `alertmanager_config_hash` has it. */
  readonly hash: number;
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a file of `--config.file`.
 *
 * @throws {TandemError} `TANDEM_ALERTS_CONFIG` with all that is wrong with it, each with its place
 */
export function readAlertsConfigFile(file: string, mode: MatcherMode): AlertsConfigFile {
  const checked = checkFile(file, mode);
  if (checked.config === undefined || !isUsable(checked)) {
    throw new TandemError('TANDEM_ALERTS_CONFIG', [...checked.problems, ...checked.templateProblems].join('; '));
  }
  return { config: checked.config, hash: configHashMetric(checked.text), warnings: checked.warnings };
}
