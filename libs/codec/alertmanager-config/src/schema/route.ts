import { isClassicLabelName, isLabelName, type Matcher } from '@tandem/alerting';

import { listOf, optional, optionalList, texts } from '../yaml/collections.ts';
import { type Decoding } from '../yaml/decoding.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type Field, type Refuse, type StructType } from '../yaml/struct.ts';
import { type Type } from '../yaml/type.ts';
import { duration, labelSet, matchers, matchExpressions, matchValues } from './values.ts';

/** Every label of an alert. */
export const ALL_LABELS = '...';

/** Which alerts go to whom, and how they are put together. Durations in ms. */
export interface RouteConfig {
  readonly receiver: string;
  readonly group_by: readonly string[] | undefined;
  readonly match: ReadonlyMap<string, string>;
  readonly match_re: ReadonlyMap<string, string>;
  readonly matchers: readonly Matcher[];
  readonly mute_time_intervals: readonly string[];
  readonly active_time_intervals: readonly string[];
  readonly continue: boolean;
  readonly routes: readonly RouteConfig[];
  readonly group_wait: number | undefined;
  readonly group_interval: number | undefined;
  readonly repeat_interval: number | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

type RouteFields = { readonly [Key in keyof RouteConfig]: Field<RouteConfig[Key]> };

/** The routes within a route: its own type, which is there by the time it is asked. */
const nested: Type<RouteConfig> = {
  name: 'routes',
  zero: () => route.zero(),
  isZero: (value) => route.isZero(value),
  decode: (node, decoding) => route.decode(node, decoding, route.zero()),
  encode: (value) => route.encode(value),
};

/** `route`, and each of its `routes`. */
export const route: StructType<RouteFields> = struct<RouteFields>({
  name: 'route',
  fields: {
    receiver: given(text),
    group_by: given(optionalList(text)),
    match: given(matchValues),
    match_re: given(matchExpressions),
    matchers: given(matchers),
    mute_time_intervals: given(texts),
    active_time_intervals: given(texts),
    continue: always(flag),
    routes: given(listOf(nested, 'missing route: an item of routes is empty')),
    group_wait: given(optional(duration)),
    group_interval: given(optional(duration)),
    repeat_interval: given(optional(duration)),
    labels: given(labelSet),
  },
  finish: (value, refuse, decoding) => {
    for (const name of value.match.keys()) {
      if (!isClassicLabelName(name)) refuse(`invalid label name "${name}"`, 'match');
    }
    checkGroupBy(value.group_by ?? [], refuse, decoding);
    for (const key of ['group_interval', 'repeat_interval'] as const) {
      if (value[key] === 0) refuse(`${key} cannot be zero`, key);
    }
    return value;
  },
});

function checkGroupBy(names: readonly string[], refuse: Refuse, { mode }: Decoding): void {
  const labels = names.filter((name) => name !== ALL_LABELS);
  for (const name of labels) {
    if (!isLabelName(name, mode)) refuse(`invalid label name "${name}" in group_by list`, 'group_by');
  }
  if (labels.length > 0 && labels.length < names.length) {
    refuse('cannot have wildcard group_by (`...`) and other labels at the same time', 'group_by');
  }
  for (const [index, name] of labels.entries()) {
    if (labels.indexOf(name) < index) refuse(`duplicated label "${name}" in group_by`, 'group_by');
  }
}
