import { isClassicLabelName, isLabelName } from '@tandem/alerting';

import { texts } from '../yaml/collections.ts';
import { text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { matchers, matchExpressions, matchValues } from './values.ts';

const fields = {
  name: given(text),
  source_match: given(matchValues),
  source_match_re: given(matchExpressions),
  source_matchers: given(matchers),
  target_match: given(matchValues),
  target_match_re: given(matchExpressions),
  target_matchers: given(matchers),
  equal: given(texts),
};

/** While an alert matches the source side, those that match the target side, with equal labels, are muted. */
export type InhibitRuleConfig = StructOf<typeof fields>;

/** `inhibit_rules` */
export const inhibitRule = struct({
  name: 'inhibit_rules',
  fields,
  finish: (value, refuse, { mode }) => {
    for (const key of ['source_match', 'target_match'] as const) {
      for (const name of value[key].keys()) {
        if (!isClassicLabelName(name)) refuse(`invalid label name "${name}"`, key);
      }
    }
    for (const name of value.equal) {
      if (!isLabelName(name, mode)) refuse(`invalid label name "${name}" in equal list`, 'equal');
    }
    return value;
  },
});
