import { type LabelSet, type MatchType, type Outcome, type WantedMatcher, type WantedSilence } from '@tandem/alerting';
import { type HttpResponse } from '@tandem/server';

import { setTime } from '../alerts/post-alerts.ts';
import { document, message, refusal } from '../http/answers.ts';
import { GoDecoding } from '../json/go-decoding.ts';
import { jsonText } from '../json/render-json.ts';
import { type SetSilenceOutcome } from '../backend.ts';
import { type Operation } from '../operation.ts';

const PARSING = 'parsing silence body from "" failed, because';
/** What Go calls the part of a silence that is not in `Silence`. */
const POSTABLE = 'value of type struct { ID string "json:\\"id,omitempty\\"" }';
/** Lower than every time: what a start that is not set is compared as. */
const NOT_SET = Number.NEGATIVE_INFINITY;

/** `POST /silences`: a new silence, or another version of a known one. */
export const postSilence: Operation = async ({ body }, { backend }) => {
  if (body.kind === 'empty') return refusal(602, 'silence in body is required');
  if (body.kind === 'malformed') return refusal(400, `${PARSING} ${body.error}`);
  const decoded = decodeSilence(body.value);
  if (!decoded.ok) return refusal(400, `${PARSING} ${decoded.error}`);
  const checked = checkRequired(decoded.value);
  if (!checked.ok) return refusal(checked.code, checked.error);
  const { id, startsAtMs, endsAtMs, ...silence } = checked.value;
  const start = setTime(startsAtMs);
  const end = setTime(endsAtMs) ?? NOT_SET;
  if ((start ?? NOT_SET) >= end) return message(400, 'Failed to create silence: start time must be before end time');
  if (end < backend.now()) return message(400, "Failed to create silence: end time can't be in the past");
  return answerTo(await backend.setSilence(id, { ...silence, startsAtMs: start, endsAtMs: end }));
};

function answerTo(outcome: SetSilenceOutcome): HttpResponse {
  switch (outcome.kind) {
    case 'set':
      return document(`{"silenceID":${jsonText(outcome.id)}}`);
    case 'invalid':
      return message(400, `invalid silence: ${outcome.error}`);
    case 'limited':
      return message(400, outcome.error);
    case 'not-found':
      return message(404, 'silence not found');
    case 'log-away':
      return message(503, outcome.error);
  }
}

/** A silence as it was written; what is not there is `undefined`. */
interface WrittenSilence {
  id?: string | undefined;
  matchers?: readonly (WrittenMatcher | undefined)[] | undefined;
  startsAtMs?: number | undefined;
  endsAtMs?: number | undefined;
  createdBy?: string | undefined;
  comment?: string | undefined;
  annotations?: LabelSet | undefined;
}

interface WrittenMatcher {
  name?: string | undefined;
  value?: string | undefined;
  isRegex?: boolean | undefined;
  isEqual?: boolean | undefined;
}

/** Two passes, as there: which of two mistakes is told of depends on it. */
function decodeSilence(value: unknown): Outcome<WrittenSilence> {
  const first = new GoDecoding();
  const object = first.object(value, POSTABLE) ?? {};
  const silence: WrittenSilence = {};
  first.members(object, { id: (id) => (silence.id = first.text(id, '.id')) });
  const filled = first.outcome(silence);
  if (!filled.ok) return filled;
  const second = new GoDecoding();
  second.members(object, {
    annotations: (annotations) =>
      (silence.annotations = second.labels(annotations, 'Silence.annotations', silence.annotations)),
    comment: (comment) => (silence.comment = second.text(comment, 'Silence.comment')),
    createdby: (author) => (silence.createdBy = second.text(author, 'Silence.createdBy')),
    endsat: (time) => (silence.endsAtMs = second.time(time, 'Silence.endsAt')),
    matchers: (matchers) => (silence.matchers = decodeMatchers(second, matchers)),
    startsat: (time) => (silence.startsAtMs = second.time(time, 'Silence.startsAt')),
  });
  return second.outcome(silence);
}

function decodeMatchers(decoding: GoDecoding, value: unknown): WrittenSilence['matchers'] {
  const matchers = decoding.array(value, 'struct field Silence.matchers of type models.Matchers');
  return matchers?.map((one) => decodeMatcher(decoding, one));
}

function decodeMatcher(decoding: GoDecoding, value: unknown): WrittenMatcher | undefined {
  const object = decoding.object(value, 'struct field Silence.matchers of type models.Matcher');
  if (object === undefined) return undefined;
  const matcher: WrittenMatcher = {};
  decoding.members(object, {
    isequal: (flag) => (matcher.isEqual = decoding.flag(flag, 'Matcher.matchers.isEqual')),
    isregex: (flag) => (matcher.isRegex = decoding.flag(flag, 'Matcher.matchers.isRegex')),
    name: (name) => (matcher.name = decoding.text(name, 'Matcher.matchers.name')),
    value: (of) => (matcher.value = decoding.text(of, 'Matcher.matchers.value')),
  });
  return matcher;
}

/** A silence that has all it must have. */
interface CompleteSilence extends Omit<WantedSilence, 'startsAtMs'> {
  readonly id: string | undefined;
  readonly startsAtMs: number;
}

type Checked =
  | { readonly ok: true; readonly value: CompleteSilence }
  | { readonly ok: false; readonly code: number; readonly error: string };

/** What is missing is told of in the order of the description's names. */
function checkRequired(written: WrittenSilence): Checked {
  const { id, comment, createdBy, endsAtMs, startsAtMs, matchers, annotations = new Map<string, string>() } = written;
  if (comment === undefined) return required('comment');
  if (createdBy === undefined) return required('createdBy');
  if (endsAtMs === undefined) return required('endsAt');
  const wanted = checkMatchers(matchers);
  if (!wanted.ok) return wanted;
  if (startsAtMs === undefined) return required('startsAt');
  const known = id === '' ? undefined : id;
  const matcherSets = [wanted.value];
  return { ok: true, value: { id: known, comment, createdBy, endsAtMs, startsAtMs, matcherSets, annotations } };
}

type CheckedMatchers =
  { readonly ok: true; readonly value: readonly WantedMatcher[] } | Extract<Checked, { ok: false }>;

function checkMatchers(matchers: WrittenSilence['matchers']): CheckedMatchers {
  if (matchers === undefined) return required('matchers');
  if (matchers.length === 0) return { ok: false, code: 612, error: 'matchers in body should have at least 1 items' };
  const wanted: WantedMatcher[] = [];
  for (const [index, matcher] of matchers.entries()) {
    if (matcher === undefined) return required(`matchers.${index}`);
    const { name, value, isRegex, isEqual = true } = matcher;
    if (isRegex === undefined) return required(`matchers.${index}.isRegex`);
    if (name === undefined) return required(`matchers.${index}.name`);
    if (value === undefined) return required(`matchers.${index}.value`);
    wanted.push({ type: matchType(isEqual, isRegex), name, value });
  }
  return { ok: true, value: wanted };
}

function required(name: string): Extract<Checked, { ok: false }> {
  return { ok: false, code: 602, error: `${name} in body is required` };
}

function matchType(isEqual: boolean, isRegex: boolean): MatchType {
  if (isRegex) return isEqual ? '=~' : '!~';
  return isEqual ? '=' : '!=';
}
