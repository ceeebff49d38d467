import { failure, silenceState, success, type Matcher, type Outcome, type Silence } from '@tandem/alerting';

import { jsonLabels, jsonText, jsonTime } from '../json/render-json.ts';

/** `gettableSilence`. One of several sets of matchers has no form in this version of the API. */
export function renderSilence(silence: Silence, nowMs: number): Outcome<string> {
  const [matchers = [], ...others] = silence.matcherSets;
  if (others.length > 0) {
    return failure(
      `cannot show silence ${silence.id}: it has several sets of matchers, which this API has no form for`,
    );
  }
  return success(
    `{"id":${jsonText(silence.id)},"status":{"state":"${silenceState(silence, nowMs)}"},` +
      `"updatedAt":${jsonTime(silence.updatedAtMs)},` +
      (silence.annotations.size === 0 ? '' : `"annotations":${jsonLabels(silence.annotations)},`) +
      `"comment":${jsonText(silence.comment)},"createdBy":${jsonText(silence.createdBy)},` +
      `"endsAt":${jsonTime(silence.endsAtMs)},"matchers":[${matchers.map(renderMatcher).join(',')}],` +
      `"startsAt":${jsonTime(silence.startsAtMs)}}`,
  );
}

function renderMatcher({ type, name, value }: Matcher): string {
  const isEqual = type === '=' || type === '=~';
  const isRegex = type === '=~' || type === '!~';
  return `{"isEqual":${isEqual},"isRegex":${isRegex},"name":${jsonText(name)},"value":${jsonText(value)}}`;
}
