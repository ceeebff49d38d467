import { type Position } from './node.ts';

/** Something that is wrong with a file, and where. Never the value of a secret. */
export interface Problem extends Position {
  readonly message: string;
}
