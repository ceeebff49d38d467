import { failure, success, type Outcome } from '@tandem/alerting';

import { type Flag, type FlagTable, type FlagValues } from './flag.ts';

/** What a command line asks for. */
export interface ParsedFlags<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  /** Flags behind the prefix, as they came but for it: `--stream.driver=kafka`. */
  readonly prefixed: readonly string[];
}

/** What came of a command line. `help` and `version` win over bad values, not over unknown flags, as upstream. */
export type FlagsOutcome<Table extends FlagTable> =
  | { readonly kind: 'parsed'; readonly flags: ParsedFlags<Table> }
  | { readonly kind: 'help' | 'version' }
  /** In a few words, without a line break: `unknown long flag '--x'`. */
  | { readonly kind: 'refused'; readonly error: string };

/** How a command line is read. */
export interface FlagSyntax<Table extends FlagTable> {
  readonly flags: Table;
  /** Flags that begin with it (`tandem.`) are somebody else's, and passed on. */
  readonly prefix: string;
  /** Whether one of those takes no value; `undefined`: there is none of that name. */
  readonly isPrefixedSwitch: (name: string) => boolean | undefined;
}

/**
 * Reads flags as kingpin does, which Prometheus' programs use: `--name value`, `--name=value` (a value is never a flag of its
 * own), `--name` and `--no-name` of switches, `-h`; `--` ends the flags.
 */
export function parseFlags<Table extends FlagTable>(
  argv: readonly string[],
  syntax: FlagSyntax<Table>,
): FlagsOutcome<Table> {
  const reader = new FlagsReader(argv, syntax);
  const error = reader.read();
  if (error !== undefined) return { kind: 'refused', error };
  if (reader.asked !== undefined) return { kind: reader.asked };
  const values = valuesOf(syntax.flags, reader.texts);
  if (!values.ok) return { kind: 'refused', error: values.error };
  const given = new Set(reader.texts.keys());
  return { kind: 'parsed', flags: { values: values.value, given, prefixed: reader.prefixed } };
}

const ASKS: ReadonlyMap<string, 'help' | 'version'> = new Map([
  ['help', 'help'],
  ['no-help', 'help'],
  ['help-long', 'help'],
  ['version', 'version'],
  ['no-version', 'version'],
]);

class FlagsReader {
  readonly texts = new Map<string, string[]>();
  readonly prefixed: string[] = [];
  asked: 'help' | 'version' | undefined;
  readonly #left: string[];
  readonly #syntax: FlagSyntax<FlagTable>;

  constructor(argv: readonly string[], syntax: FlagSyntax<FlagTable>) {
    this.#left = [...argv];
    this.#syntax = syntax;
  }

  /** @returns why it cannot be read */
  read(): string | undefined {
    for (let argument = this.#left.shift(); argument !== undefined; argument = this.#left.shift()) {
      const error = this.#argument(argument);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #argument(argument: string): string | undefined {
    if (argument === '--') return this.#left.length === 0 ? undefined : `unexpected ${this.#left[0] ?? ''}`;
    if (argument.startsWith('--')) return this.#long(argument.slice(2));
    if (argument === '-h') this.asked = 'help';
    else if (argument.length > 1 && argument.startsWith('-')) {
      const letter = argument.startsWith('-h') ? argument.slice(2, 3) : argument.slice(1, 2);
      return `unknown short flag '-${letter}'`;
    } else return `unexpected ${argument}`;
    return undefined;
  }

  #long(argument: string): string | undefined {
    const mark = argument.indexOf('=');
    const name = mark === -1 ? argument : argument.slice(0, mark);
    const inline = mark === -1 ? undefined : argument.slice(mark + 1);
    const asked = ASKS.get(name);
    if (asked !== undefined) {
      this.asked ??= asked;
      return unexpected(inline);
    }
    const flag = this.#flag(name);
    if (flag !== undefined) return flag.kind === 'switch' ? this.#switch(name, inline) : this.#valued(name, inline);
    const negated = name.startsWith('no-') ? this.#flag(name.slice('no-'.length)) : undefined;
    if (negated?.kind === 'switch') return this.#switch(name, inline);
    return this.#foreign(name, inline);
  }

  #flag(name: string): Flag<unknown> | undefined {
    const { flags } = this.#syntax;
    return Object.hasOwn(flags, name) ? flags[name] : undefined;
  }

  #switch(written: string, inline: string | undefined): string | undefined {
    const off = this.#flag(written) === undefined;
    const name = off ? written.slice('no-'.length) : written;
    return unexpected(inline) ?? this.#note(name, off ? 'false' : 'true');
  }

  #valued(name: string, inline: string | undefined): string | undefined {
    const value = inline ?? this.#value();
    return value === undefined ? `expected argument for flag '--${name}'` : this.#note(name, value);
  }

  #note(name: string, value: string): string | undefined {
    const noted = this.texts.get(name);
    if (noted === undefined) this.texts.set(name, [value]);
    else if (this.#flag(name)?.kind !== 'list') return `flag '${name}' cannot be repeated`;
    else noted.push(value);
    return undefined;
  }

  /** The next argument, where it is a value. */
  #value(): string | undefined {
    const [next] = this.#left;
    if (next === undefined || (next.startsWith('-') && next !== '-')) return undefined;
    return this.#left.shift();
  }

  #foreign(name: string, inline: string | undefined): string | undefined {
    const foreign = this.#foreignFlag(name);
    if (foreign === undefined) return `unknown long flag '--${name}'`;
    const value = inline ?? (foreign.isSwitch ? undefined : this.#value());
    if (value === undefined && !foreign.isSwitch) return `expected argument for flag '--${name}'`;
    this.prefixed.push(value === undefined ? foreign.flag : `${foreign.flag}=${value}`);
    return undefined;
  }

  /** The flag without its prefix, where it is known. */
  #foreignFlag(name: string): { readonly flag: string; readonly isSwitch: boolean } | undefined {
    const { prefix, isPrefixedSwitch } = this.#syntax;
    const negation = name.startsWith(`no-${prefix}`) ? 'no-' : '';
    const bare = name.slice(negation.length);
    if (!bare.startsWith(prefix)) return undefined;
    const own = bare.slice(prefix.length);
    const isSwitch = isPrefixedSwitch(own);
    if (isSwitch === undefined || (!isSwitch && negation !== '')) return undefined;
    return { flag: `--${negation}${own}`, isSwitch };
  }
}

function unexpected(inline: string | undefined): string | undefined {
  return inline === undefined ? undefined : `unexpected ${inline}`;
}

function valuesOf<Table extends FlagTable>(
  flags: Table,
  texts: ReadonlyMap<string, readonly string[]>,
): Outcome<FlagValues<Table>> {
  const values: [string, unknown][] = [];
  for (const [name, flag] of Object.entries(flags)) {
    const given = texts.get(name);
    const value = given === undefined ? success(flag.initial) : flag.read(given);
    if (!value.ok) return failure(value.error);
    values.push([name, value.value]);
  }
  // Each name of the table has the value its own flag read.
  return success(Object.fromEntries(values) as FlagValues<Table>);
}
