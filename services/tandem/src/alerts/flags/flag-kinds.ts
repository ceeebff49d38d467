import { failure, success, type Outcome } from '@tandem/alerting';
import { parseGoDuration } from '@tandem/alertmanager-config';

import { type Flag, type FlagText } from './flag.ts';

const MS_NANOSECONDS = 1e6;
const HOURS: Readonly<Record<string, number>> = { d: 24, w: 168 };

/** A text. */
export function text(fallback: string, about: FlagText): Flag<string> {
  return { ...about, kind: 'value', fallback, initial: fallback, read: (texts) => success(last(texts)) };
}

/** A text that may be left out. */
export function optionalText(about: FlagText): Flag<string | undefined> {
  return { ...about, kind: 'value', fallback: undefined, initial: undefined, read: (texts) => success(last(texts)) };
}

/** Texts: every time it is given one more. What it is by default is not there once it is given. */
export function texts(fallback: string | undefined, about: FlagText): Flag<readonly string[]> {
  const initial = fallback === undefined ? [] : [fallback];
  return { ...about, kind: 'list', fallback, initial, read: (given) => success(given) };
}

/** Yes or no: `--name`, `--no-name`. */
export function toggle(about: FlagText): Flag<boolean> {
  return {
    ...about,
    kind: 'switch',
    fallback: undefined,
    initial: false,
    read: (given) => success(last(given) === 'true'),
  };
}

/** A duration as Go writes it, with days and weeks as well (`36h`, `5d`), in ms. */
export function duration(fallback: string, initialMs: number, about: FlagText): Flag<number> {
  return { ...about, kind: 'value', fallback, initial: initialMs, read: (given) => durationMs(last(given)) };
}

/** A whole number: what stands behind the point is cut. */
export function integer(fallback: number, about: FlagText): Flag<number> {
  const read = (given: readonly string[]): Outcome<number> => {
    const number = parseNumber(last(given));
    return number.ok ? success(Math.trunc(number.value)) : number;
  };
  return { ...about, kind: 'value', fallback: String(fallback), initial: fallback, read };
}

/** A number. */
export function decimal(fallback: number, about: FlagText): Flag<number> {
  const read = (given: readonly string[]): Outcome<number> => parseNumber(last(given));
  return { ...about, kind: 'value', fallback: String(fallback), initial: fallback, read };
}

/** One of some words, in any case. `what` names it in the error: `log level`. */
export function word<const Word extends string>(
  what: string,
  words: readonly [Word, ...Word[]],
  about: FlagText & { readonly fallback: Word },
): Flag<Word> {
  const read = (given: readonly string[]): Outcome<Word> => {
    const found = words.find((known) => known === last(given).toLowerCase());
    return found === undefined ? failure(`unrecognized ${what} ${last(given)}`) : success(found);
  };
  return { ...about, kind: 'value', initial: about.fallback, read };
}

function last(given: readonly string[]): string {
  return given.at(-1) ?? '';
}

function durationMs(given: string): Outcome<number> {
  const inHours = given.replaceAll(
    /(\d*\.?\d+)([dw])/gu,
    (_, amount: string, unit: string) => `${Number(amount) * (HOURS[unit] ?? 1)}h`,
  );
  const nanoseconds = parseGoDuration(inHours);
  return nanoseconds.ok ? success(nanoseconds.value / MS_NANOSECONDS) : nanoseconds;
}

function parseNumber(given: string): Outcome<number> {
  const isNumber = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/iu.test(given);
  return isNumber ? success(Number(given)) : failure(`strconv.ParseFloat: parsing "${given}": invalid syntax`);
}
