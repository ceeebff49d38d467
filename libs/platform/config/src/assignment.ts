import { type ConfigProblem } from './problem.ts';

/** A value that a flag or an environment variable gives to a key, still as text. */
export interface Assignment {
  readonly path: readonly string[];
  readonly text: string;
  /** The flag's or the variable's name. */
  readonly where: string;
}

/** What the flags or the environment say. */
export interface Assignments {
  readonly assignments: readonly Assignment[];
  readonly problems: readonly ConfigProblem[];
}
