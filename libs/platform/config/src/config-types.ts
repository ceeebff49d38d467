import { type z } from 'zod';

import { type ConfigProblem } from './problem.ts';
import { type Secret } from './secret.ts';

/** Frozen all the way down; secrets and URLs stay what they are. */
export type DeepReadonly<Value> = Value extends Secret | URL | string | number | boolean | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> };

/** The compiled configuration of a schema. */
export type ConfigOf<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>;

/** Where a configuration comes from. Flags win over the environment, that over the file, that over the defaults. */
export interface ConfigSources {
  /** The file to read when neither `--config.file` nor `TANDEM_CONFIG_FILE` names one. */
  readonly file?: string;
  /** The file's content, instead of reading one; `file` is then only its name in messages. */
  readonly text?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The flags, without program and command: `['--web.listen-address=:9460']`. */
  readonly argv: readonly string[];
  /** Reads a file as UTF-8; default from disk. */
  readonly readFile?: (path: string) => string;
}

/** A configuration, or everything that is wrong with it. */
export type ConfigOutcome<Config> =
  | {
      readonly ok: true;
      readonly config: Config;
      /** The file that was read, if any. */
      readonly file: string | undefined;
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };
