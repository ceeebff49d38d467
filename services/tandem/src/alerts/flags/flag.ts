import { type Outcome } from '@tandem/alerting';

/** What a flag is called, means and does where it is not given. */
export interface FlagText {
  /** For people, one or two sentences. */
  readonly help: string;
  /** What stands for the value in `--help` where there is no default; without it the name in capitals. */
  readonly placeholder?: string;
  /** Upstream knows it; here it has no effect, and this says why. */
  readonly ignored?: string;
}

/** A flag whose values are of a type. */
export interface Flag<Value> extends FlagText {
  /** A switch takes no value, and has a `--no-`; a list may be given again. */
  readonly kind: 'value' | 'list' | 'switch';
  /** As one writes it; `undefined`: none is shown. */
  readonly fallback: string | undefined;
  /** The value where it is not given. */
  readonly initial: Value;
  /** Reads what is given, in its order; a switch is given `true` or `false`. An error is a sentence about a text. */
  readonly read: (texts: readonly string[]) => Outcome<Value>;
}

/** Flags by their names. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** The values of a table. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never;
};
