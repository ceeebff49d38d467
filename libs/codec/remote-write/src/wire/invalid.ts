import { failure, type Failure, type Problem, type ProblemCode } from '../problem.ts';

/** Leaves a walk at the first problem; never leaves this package: see {@link guard}. */
export class Invalid extends Error {
  override readonly name = 'Invalid';
  readonly problem: Problem;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.problem = { code, message };
  }
}

/** Runs a walk; a problem it meets becomes the {@link Failure} that our callers see. */
export function guard<T>(walk: () => T): T | Failure {
  try {
    return walk();
  } catch (error) {
    if (error instanceof Invalid) return failure(error.problem.code, error.problem.message);
    throw error;
  }
}
