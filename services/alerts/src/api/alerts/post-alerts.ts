import { quote, success, type LabelSet, type Outcome, type PostedAlert } from '@tandem/alerting';
import { type HttpResponse } from '@tandem/server';

import { bare, message, refusal } from '../http/answers.ts';
import { GoDecoding } from '../json/go-decoding.ts';
import { isRequestUri } from '../json/request-uri.ts';
import { type Operation } from '../operation.ts';

const PARSING = 'parsing alerts body from "" failed, because';
/** What Go calls the part of an alert that is not in `Alert`. */
const POSTABLE =
  'value of type struct { Annotations models.LabelSet "json:\\"annotations,omitempty\\""; ' +
  'EndsAt strfmt.DateTime "json:\\"endsAt,omitempty\\""; StartsAt strfmt.DateTime "json:\\"startsAt,omitempty\\"" }';
/** Go's zero time, 1 January of year 1: what Go clients send for a time that is not set. */
const GO_ZERO_MS = -62_135_596_800_000;

/** `POST /alerts`: valid alerts are taken, whatever the others of the post are like. */
export const postAlerts: Operation = async ({ body }, { backend }) => {
  if (body.kind === 'empty') return refusal(602, 'alerts in body is required');
  if (body.kind === 'malformed') return refusal(400, `${PARSING} ${body.error}`);
  const decoded = decodeAlerts(body.value);
  if (!decoded.ok) return refusal(400, `${PARSING} ${decoded.error}`);
  const posted: PostedAlert[] = [];
  for (const [index, alert] of decoded.value.entries()) {
    const problem = problemOf(index, alert);
    if (problem !== undefined) return problem;
    posted.push(postedAlert(alert));
  }
  if (posted.length === 0) return bare(200);
  const errors = (await backend.putAlerts(posted)).flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  return errors.length === 0 ? bare(200) : message(400, errors.join('\n'));
};

/** An alert as it was written; what is not there is `undefined`. */
interface WrittenAlert {
  labels?: LabelSet | undefined;
  annotations?: LabelSet | undefined;
  startsAtMs?: number | undefined;
  endsAtMs?: number | undefined;
  generatorUrl?: string | undefined;
}

/** `undefined` stands for an alert that is null. */
function decodeAlerts(value: unknown): Outcome<readonly (WrittenAlert | undefined)[]> {
  const decoding = new GoDecoding();
  const alerts = decoding.outcome(decoding.array(value, 'value of type models.PostableAlerts') ?? []);
  if (!alerts.ok) return alerts;
  const written: (WrittenAlert | undefined)[] = [];
  for (const one of alerts.value) {
    const alert = decodeAlert(one);
    if (!alert.ok) return alert;
    written.push(alert.value);
  }
  return success(written);
}

/** Two passes, as there: which of two mistakes is told of depends on it. */
function decodeAlert(value: unknown): Outcome<WrittenAlert | undefined> {
  const first = new GoDecoding();
  const object = first.object(value, POSTABLE);
  if (object === undefined) return first.outcome(undefined);
  const alert: WrittenAlert = {};
  first.members(object, {
    annotations: (annotations) => (alert.annotations = first.labels(annotations, '.annotations', alert.annotations)),
    endsat: (time) => (alert.endsAtMs = first.time(time, '.endsAt')),
    startsat: (time) => (alert.startsAtMs = first.time(time, '.startsAt')),
  });
  const filled = first.outcome(alert);
  if (!filled.ok) return filled;
  const second = new GoDecoding();
  second.members(object, {
    generatorurl: (url) => (alert.generatorUrl = second.uri(url, 'Alert.generatorURL')),
    labels: (labels) => (alert.labels = second.labels(labels, 'Alert.labels', alert.labels)),
  });
  return second.outcome(alert);
}

function problemOf(index: number, alert: WrittenAlert | undefined): HttpResponse | undefined {
  if (alert === undefined) return refusal(602, `${index} in body is required`);
  const { generatorUrl = '', labels } = alert;
  if (generatorUrl !== '' && !isRequestUri(generatorUrl)) {
    return refusal(601, `${index}.generatorURL in body must be of type uri: ${quote(generatorUrl)}`);
  }
  return labels === undefined ? refusal(602, `${index}.labels in body is required`) : undefined;
}

function postedAlert(alert: WrittenAlert | undefined): PostedAlert {
  return {
    labels: alert?.labels ?? new Map(),
    annotations: alert?.annotations ?? new Map(),
    startsAtMs: setTime(alert?.startsAtMs),
    endsAtMs: setTime(alert?.endsAtMs),
    generatorUrl: alert?.generatorUrl ?? '',
  };
}

/** A time, or `undefined` where it is Go's way of saying that it is not set. */
export function setTime(timeMs: number | undefined): number | undefined {
  return timeMs === GO_ZERO_MS ? undefined : timeMs;
}
