import {
  compareMatchers,
  compileAnchored,
  failure,
  formatMatcher,
  isClassicLabelName,
  isLabelName,
  parseMatchers,
  success,
  TimeZone,
  type Matcher,
} from '@tandem/alerting';

import { formatGoDuration, parseGoDuration } from '../go/go-duration.ts';
import { formatGoUrl, parseGoUrl, parseHttpUrl, type GoUrl } from '../go/go-url.ts';
import { formatHostPort, NO_HOST, parseHostPort, type HostPort } from '../go/host-port.ts';
import { formatPrometheusDuration, parsePrometheusDuration } from '../go/prometheus-duration.ts';
import { MASK, SecretText } from '../secret.ts';
import { list, mapOf, optional, textMap } from '../yaml/collections.ts';
import { emitText } from '../yaml/emitted.ts';
import { meaningOf, parsed, text, textOf } from '../yaml/scalars.ts';
import { FAILED, type Type } from '../yaml/type.ts';

const NO_SECRET = new SecretText('');

/** A secret. */
export const secret: Type<SecretText> = parsed({
  name: 'a string',
  zero: NO_SECRET,
  isZero: (value) => value.empty,
  parse: (written) => success(new SecretText(written)),
  format: (value) => (value.empty ? null : MASK),
});

/** A duration as Prometheus writes it, in ms. */
export const duration: Type<number> = parsed({
  name: 'a duration',
  zero: 0,
  isZero: (ms) => ms === 0,
  parse: parsePrometheusDuration,
  format: formatPrometheusDuration,
});

const NANOSECONDS_PER_MS = 1e6;

/** A duration as Go writes it, in ms; a bare number is nanoseconds. */
export const timeout: Type<number> = {
  name: 'a duration such as 10s',
  zero: () => 0,
  isZero: (ms) => ms === 0,
  decode: (node, decoding) => {
    const meaning = node.kind === 'scalar' ? meaningOf(node) : undefined;
    if (meaning?.tag === '!!int' || meaning?.tag === '!!float') return Number(meaning.value) / NANOSECONDS_PER_MS;
    const written = meaning?.tag === '!!str' ? textOf(node, decoding, 'a duration') : FAILED;
    const nanoseconds = written === FAILED ? failure('') : parseGoDuration(written);
    return nanoseconds.ok ? nanoseconds.value / NANOSECONDS_PER_MS : decoding.mismatch(node, 'a duration such as 10s');
  },
  encode: (ms) => emitText(formatGoDuration(Math.round(ms * NANOSECONDS_PER_MS))),
};

/** As `timeout`, where a bare number is refused. */
export const strictTimeout: Type<number> = parsed({
  name: 'a duration such as 10s',
  zero: 0,
  isZero: (ms) => ms === 0,
  parse: (written) => {
    const nanoseconds = parseGoDuration(written);
    return nanoseconds.ok ? success(nanoseconds.value / NANOSECONDS_PER_MS) : nanoseconds;
  },
  format: (ms) => formatGoDuration(Math.round(ms * NANOSECONDS_PER_MS)),
});

const NO_URL: GoUrl = {
  scheme: '',
  opaque: '',
  user: undefined,
  host: '',
  path: '',
  rawPath: '',
  query: undefined,
  fragment: '',
};

/** A URL to send to. */
export const url: Type<GoUrl | undefined> = optional(
  parsed({ name: 'a URL', zero: NO_URL, isZero: () => false, parse: parseHttpUrl, format: formatGoUrl }),
);

/** A URL that is a secret; `<secret>`, as a printed configuration has it, is taken too. */
export const secretUrl: Type<SecretText | undefined> = optional(
  parsed({
    name: 'a URL',
    zero: NO_SECRET,
    isZero: () => false,
    parse: (written) => {
      if (written === MASK) return success(NO_SECRET);
      const outcome = parseHttpUrl(written);
      return outcome.ok ? success(new SecretText(formatGoUrl(outcome.value))) : outcome;
    },
    format: () => MASK,
  }),
);

/** A proxy's URL: of any scheme; its password is not written. */
export const proxyUrl: Type<GoUrl | undefined> = optional(
  parsed({
    name: 'a URL',
    zero: NO_URL,
    isZero: () => false,
    parse: parseGoUrl,
    format: (value) => {
      const { user } = value;
      if (user?.password === undefined) return formatGoUrl(value);
      return formatGoUrl({ ...value, user: { name: user.name, password: 'xxxxx' } });
    },
  }),
);

/** A URL that is known to be one. */
export function knownUrl(written: string): GoUrl {
  const outcome = parseHttpUrl(written);
  if (!outcome.ok) throw new Error(`cannot read the URL "${written}": ${outcome.error}`);
  return outcome.value;
}

/** `host:port`. */
export const hostPort: Type<HostPort> = parsed({
  name: 'an address',
  zero: NO_HOST,
  isZero: ({ host, port }) => host === '' && port === '',
  parse: parseHostPort,
  format: formatHostPort,
});

/** A location of the time zone database. */
export const location: Type<TimeZone | undefined> = optional(
  parsed<TimeZone | undefined>({
    name: 'a location',
    zero: undefined,
    isZero: (zone) => zone === undefined,
    parse: (name) => {
      const zone = TimeZone.of(name);
      return zone === undefined ? failure(`unknown time zone ${name}`) : success(zone);
    },
    format: (zone) => zone?.name ?? null,
  }),
);

/** A list of matchers, sorted; an item may hold several. */
export const matchers: Type<readonly Matcher[]> = {
  name: 'a list',
  zero: () => [],
  isZero: (value) => value.length === 0,
  decode: (node, decoding) => {
    if (node.kind !== 'list') return decoding.mismatch(node, 'a list');
    const read: Matcher[] = [];
    for (const item of node.items) {
      const written = decoding.read(text, item, '');
      if (written === FAILED) continue;
      const outcome = parseMatchers(written, decoding.mode);
      if (!outcome.ok) return decoding.fail(item.at, outcome.error);
      if (outcome.value.warning !== undefined) decoding.warn(item.at, outcome.value.warning);
      read.push(...outcome.value.matchers);
    }
    return read.toSorted(compareMatchers);
  },
  encode: (value) => ({ kind: 'list', items: value.map((matcher) => emitText(formatMatcher(matcher))) }),
};

/** A regular expression as it is written; `undefined` is none. */
const expression: Type<string | undefined> = optional(
  parsed<string>({
    name: 'a regular expression',
    zero: '',
    isZero: () => false,
    parse: (written) => {
      const compiled = compileAnchored(written);
      return compiled.ok ? success(written) : compiled;
    },
    format: (written) => (written === '' ? null : written),
  }),
);

const expressions = mapOf(expression);

/** Labels with the regular expressions their values must match. */
export const matchExpressions: Type<ReadonlyMap<string, string>> = {
  name: expressions.name,
  zero: () => new Map(),
  isZero: (value) => value.size === 0,
  decode: (node, decoding) => {
    const before = decoding.problems.length;
    const read = expressions.decode(node, decoding, new Map());
    if (read === FAILED || decoding.problems.length > before) return FAILED;
    for (const [name, written] of read) {
      if (!isClassicLabelName(name)) return decoding.fail(node.at, `invalid label name "${name}"`);
      if (written === undefined) return decoding.fail(node.at, `invalid regexp value for "${name}"`);
    }
    return new Map([...read].map(([name, written]) => [name, written ?? '']));
  },
  encode: (value) => expressions.encode(value),
};

/** Labels that matchers of before 0.22 compare. */
export const matchValues: Type<ReadonlyMap<string, string>> = textMap;

/** Labels of a route. */
export const labelSet: Type<ReadonlyMap<string, string>> = {
  ...textMap,
  decode: (node, decoding, current) => {
    const read = textMap.decode(node, decoding, current);
    if (read === FAILED) return FAILED;
    if (read.has('')) return decoding.fail(node.at, '"" is not a valid label name');
    for (const name of read.keys()) {
      if (!isLabelName(name, decoding.mode))
        return decoding.fail(node.at, `invalid label name "${name}" in route labels`);
    }
    return read;
  },
};

/** Secrets by name, several each. */
export const secretLists: Type<ReadonlyMap<string, readonly SecretText[]>> = mapOf(list(secret));
