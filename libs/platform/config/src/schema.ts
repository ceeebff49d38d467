import { z } from 'zod';

import { formatAddress, parseAddress, type Address } from './address.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { compiledSchema, SECRET_FILES } from './kind.ts';
import { Secret, SecretUrl } from './secret.ts';
import { formatSize, parseSize } from './size.ts';

/**
 * A section of the configuration: unknown keys are refused, and the section may be left out when its keys may be.
 * Rules across keys: `section({…}).refine(({ a, b }) => a < b, { path: ['a'], message: 'must be less than b' })`.
 */
export function section<const Shape extends z.core.$ZodShape>(
  shape: Shape,
): z.ZodPrefault<z.ZodObject<Shape, z.core.$strict>> {
  const object = z.strictObject(shape);
  // Empty input is right for every section: a key that must be given is then reported as missing.
  return object.prefault({} as z.core.input<typeof object>);
}

/** Bounds, both allowed, as one writes them. */
export interface Bounds {
  readonly min?: string;
  readonly max?: string;
}

/** A duration in Prometheus' notation, compiled to ms. */
export function duration(bounds: Bounds = {}): z.ZodType<number, string | number> {
  return compiledSchema({
    name: 'duration',
    expected: `a duration such as 30s, 1m30s or 100ms${boundsText(bounds)}`,
    read: readDuration(bounds),
    format: formatDuration,
  });
}

function readDuration(bounds: Bounds): (value: string | number | undefined) => number | undefined {
  return bounded(
    bounds,
    (value) => (value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined),
    parseDuration,
  );
}

/** A duration, or a word in its place, as it is: `auto`. */
export function durationOr<const Word extends string>(
  word: Word,
  bounds: Bounds = {},
): z.ZodType<number | Word, string | number> {
  const read = readDuration(bounds);
  return compiledSchema<string | number, number | Word>({
    name: `duration or ${word}`,
    expected: `${word} or a duration such as 30s or 1m30s${boundsText(bounds)}`,
    read: (value) => (value === word ? word : read(value)),
    format: (value) => (typeof value === 'number' ? formatDuration(value) : value),
  });
}

/** A size, `16MiB`, `1GiB` or plain bytes, compiled to bytes. */
export function size(bounds: Bounds = {}): z.ZodType<number, string | number> {
  return compiledSchema({
    name: 'size',
    expected: `a size such as 512KiB, 16MiB or 1GiB${boundsText(bounds)}`,
    read: bounded(
      bounds,
      (value: string | number | undefined) =>
        typeof value === 'string' || typeof value === 'number' ? parseSize(String(value)) : undefined,
      parseSize,
    ),
    format: formatSize,
  });
}

/** A listen address: `:9460`, `127.0.0.1:9460`, `[::1]:0`. */
export function address(): z.ZodType<Address, string> {
  return compiledSchema({
    name: 'address',
    expected: 'an address such as :9460, 127.0.0.1:9460 or "[::1]:9460"',
    read: (value: string | undefined) => (typeof value === 'string' ? parseAddress(value) : undefined),
    format: formatAddress,
  });
}

/** An absolute URL of one of the protocols (default http and https), without credentials: they have keys of their own. */
export function url(protocols: readonly string[] = ['http', 'https']): z.ZodType<URL, string> {
  const example = `${protocols[0] ?? 'http'}://host/path`;
  return compiledSchema({
    name: 'url',
    expected: `a URL such as ${example} (${protocols.join(', ')}), without credentials in it`,
    read: (value: string | undefined) => {
      const parsed = readUrl(value, protocols);
      return parsed?.username === '' && parsed.password === '' ? parsed : undefined;
    },
    format: String,
  });
}

/** A URL that may have a password in it, `redis://:password@host:6379`; prints without it. */
export function secretUrl(protocols: readonly string[]): z.ZodType<SecretUrl, string> {
  return compiledSchema({
    name: 'url',
    secret: true,
    expected: `a URL of ${protocols.join(', ')}`,
    read: (value: string | undefined) =>
      readUrl(value, protocols) === undefined ? undefined : new SecretUrl(value ?? ''),
    format: String,
  });
}

/** A value that is never printed. */
export function secret(): z.ZodType<Secret, string> {
  return compiledSchema({
    name: 'secret',
    secret: true,
    expected: 'text (in quotes when it looks like a number)',
    read: (value: string | undefined) => (typeof value === 'string' && value !== '' ? new Secret(value) : undefined),
    format: String,
  });
}

/** The two keys of `secretKeys`. */
export type SecretKeys<Name extends string> = Readonly<
  Record<Name, z.ZodOptional<z.ZodType<Secret, string>>> & Record<`${Name}_file`, z.ZodOptional<z.ZodString>>
>;

/**
 * A secret and the file it may be in instead, to be spread into a section: `...secretKeys('password', 'Password of …')`
 * gives `password` and `password_file`. When the file is named, `password` has its content, without the last line break.
 */
export function secretKeys<const Name extends string>(name: Name, description: string): SecretKeys<Name> {
  const file = z.string();
  SECRET_FILES.add(file, { of: name });
  return {
    [name]: secret().optional().describe(description),
    [`${name}_file`]: file.optional().describe(`File to read ${name} from, instead of giving it.`),
  } as unknown as SecretKeys<Name>;
}

function readUrl(value: string | undefined, protocols: readonly string[]): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const parsed = new URL(value);
  return protocols.includes(parsed.protocol.slice(0, -1)) && parsed.host !== '' ? parsed : undefined;
}

function boundsText({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return `, from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? '' : `, at most ${max}`;
}

function bounded<Input>(
  bounds: Bounds,
  read: (value: Input | undefined) => number | undefined,
  parse: (text: string) => number | undefined,
): (value: Input | undefined) => number | undefined {
  const [min, max] = [bounds.min, bounds.max].map((bound) => (bound === undefined ? undefined : parse(bound)));
  return (value) => {
    const number = read(value);
    if (number === undefined || number < (min ?? 0) || number > (max ?? Infinity)) return undefined;
    return number;
  };
}
