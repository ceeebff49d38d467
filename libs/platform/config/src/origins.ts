import { type Assignment } from './assignment.ts';
import { type KeyPath, type YamlSource } from './yaml-source.ts';

/** Which source gave a value; a later one wins. */
export type Rank = 0 | 1 | 2;

/** Where each value of the merged configuration was given. */
export class Origins {
  readonly #file: YamlSource | undefined;
  readonly #given = new Map<string, { readonly where: string; readonly rank: Rank }>();

  constructor(file: YamlSource | undefined) {
    this.#file = file;
  }

  /** Notes that a flag or variable gave a value. */
  note({ path, where }: Pick<Assignment, 'path' | 'where'>, rank: Rank): void {
    this.#given.set(keyOf(path), { where, rank });
  }

  /** The flag, the variable, or the place in the file; `configuration` when the value was given nowhere. */
  where(path: KeyPath): string {
    for (let length = path.length; length > 0; length--) {
      const given = this.#given.get(keyOf(path.slice(0, length)));
      if (given !== undefined) return given.where;
    }
    return this.#file?.where(path) ?? 'configuration';
  }

  /** Which source gave the value at a path: 0 the file, 1 the environment, 2 a flag. */
  rank(path: KeyPath): Rank {
    return this.#given.get(keyOf(path))?.rank ?? 0;
  }

  /** The file, if one was read. */
  get file(): string | undefined {
    return this.#file?.file;
  }
}

function keyOf(path: KeyPath): string {
  return JSON.stringify(path.map(String));
}

/** `forward.targets[0].url`. */
export function pathText(path: KeyPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += text === '' ? String(segment) : `.${String(segment)}`;
  }
  return text;
}
