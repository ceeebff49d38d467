import { type Assignment, type Assignments } from './assignment.ts';
import { type Settable } from './config-key.ts';
import { suggestion } from './nearest.ts';
import { type ConfigProblem } from './problem.ts';

/** Names the file to read. */
export const FLAG_CONFIG_FILE = '--config.file';

/** What the flags say. */
export interface Flags extends Assignments {
  /** The value of `--config.file`. */
  readonly file: string | undefined;
}

/** Reads `--key=value` and `--key value`; `--key` and `--no-key` for booleans; a list's flag may be given again. */
export function readFlags(keys: readonly Settable[], argv: readonly string[]): Flags {
  const reader = new FlagReader(keys);
  reader.read(argv);
  return reader;
}

class FlagReader implements Flags {
  readonly assignments: Assignment[] = [];
  readonly problems: ConfigProblem[] = [];
  file: string | undefined;
  readonly #keys: ReadonlyMap<string, Settable>;
  readonly #seen = new Map<string, number>();

  constructor(keys: readonly Settable[]) {
    this.#keys = new Map(keys.map((key) => [key.flag, key]));
  }

  read(argv: readonly string[]): void {
    for (let index = 0; index < argv.length; index++) {
      const argument = argv[index] ?? '';
      const [, flag = argument, inline] = /^(--?[^=]*)(?:=(.*))?$/su.exec(argument) ?? [];
      if (this.#readAlone(flag, inline)) continue;
      if (!this.#isKnown(flag)) continue;
      const next = argv[index + 1];
      if (inline !== undefined) this.#assign(flag, inline);
      else if (next !== undefined && !next.startsWith('--')) {
        this.#assign(flag, next);
        index++;
      } else this.problems.push({ where: flag, message: `a value is missing: ${flag}=…` });
    }
  }

  /** A boolean's flag, which needs no value. */
  #readAlone(flag: string, inline: string | undefined): boolean {
    if (inline !== undefined) return false;
    const positive = this.#keys.get(flag);
    if (positive?.boolean === true) {
      this.#assign(flag, 'true');
      return true;
    }
    const negative = flag.startsWith('--no-') ? this.#keys.get(`--${flag.slice('--no-'.length)}`) : undefined;
    if (negative?.boolean !== true) return false;
    this.#assign(negative.flag, 'false');
    return true;
  }

  #isKnown(flag: string): boolean {
    if (flag === FLAG_CONFIG_FILE || this.#keys.has(flag)) return true;
    const what = flag.startsWith('-') ? 'unknown flag' : 'unexpected argument';
    this.problems.push({
      where: flag,
      message: `${what}${suggestion(flag, [...this.#keys.keys(), FLAG_CONFIG_FILE])}`,
    });
    return false;
  }

  #assign(flag: string, text: string): void {
    const key = this.#keys.get(flag);
    const before = this.#seen.get(flag);
    if (before !== undefined && key?.list !== true) {
      this.problems.push({ where: flag, message: 'given more than once' });
    } else if (key === undefined) {
      this.#seen.set(flag, 0);
      this.file = text;
    } else if (before === undefined) {
      this.#seen.set(flag, this.assignments.push({ path: key.path, text, where: flag }) - 1);
    } else {
      const earlier = this.assignments[before];
      this.assignments[before] = { path: key.path, text: `${earlier?.text ?? ''},${text}`, where: flag };
    }
  }
}
