import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type MatcherMode } from '@tandem/alerting';
import {
  readAlertmanagerConfig,
  TEMPLATE_FUNCTIONS,
  templateProblem,
  type AlertmanagerConfig,
  type Problem,
} from '@tandem/alertmanager-config';
import { describeError } from '@tandem/errors';
import { unsendableReceivers } from '@tandem/receivers';

import { BadPattern, glob } from './glob.ts';

/** What was found out about a file: lines for people. */
export interface CheckedFile {
  readonly file: string;
  /** What is in it; empty where it could not be read. */
  readonly text: string;
  /** Where it could be understood. */
  readonly config: AlertmanagerConfig | undefined;
  /** Why it cannot be used. */
  readonly problems: readonly string[];
  /** Why its templates cannot be used. */
  readonly templateProblems: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads an alertmanager.yml, and the templates it names. Never throws: what cannot be read is a problem. */
export function checkFile(file: string, mode: MatcherMode): CheckedFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { file, text: '', config: undefined, problems: [describeError(error)], templateProblems: [], warnings: [] };
  }
  const directory = path.dirname(file);
  const resolvePath = (name: string): string => (path.isAbsolute(name) ? name : path.join(directory, name));
  const outcome = readAlertmanagerConfig(text, { mode, resolvePath });
  if (!outcome.ok) {
    const problems = outcome.problems.map((problem) => at(file, problem));
    return { file, text, config: undefined, problems, templateProblems: [], warnings: [] };
  }
  const { refused, unused } = unsendableReceivers(outcome.config);
  return {
    file,
    text,
    config: outcome.config,
    problems: refused,
    templateProblems: outcome.config.templates.flatMap(checkTemplates),
    warnings: [...outcome.warnings.map((warning) => at(file, warning)), ...unused],
  };
}

/** Whether a file may be used. */
export function isUsable({ problems, templateProblems }: CheckedFile): boolean {
  return problems.length === 0 && templateProblems.length === 0;
}

function at(file: string, { line, column, message }: Problem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Of a pattern that no file fits nothing is said: they may come later. */
function checkTemplates(pattern: string): readonly string[] {
  try {
    return glob(pattern).flatMap((file) => {
      const problem = templateProblem(readFileSync(file, 'utf8'), TEMPLATE_FUNCTIONS);
      return problem === undefined ? [] : [`${file}: ${problem}`];
    });
  } catch (error) {
    return [`${pattern}: ${error instanceof BadPattern ? error.message : describeError(error)}`];
  }
}
