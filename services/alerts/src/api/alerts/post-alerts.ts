import { failure, success, type LabelSet, type Outcome, type PostedAlert } from '@tandem/alerting';
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
  const alerts = decoding.array(value, 'value of type models.PostableAlerts') ?? [];
  const written = alerts.map((alert) => decodeAlert(decoding, alert));
  return decoding.error === undefined ? success(written) : failure(decoding.error);
}

function decodeAlert(decoding: GoDecoding, value: unknown): WrittenAlert | undefined {
  const object = decoding.object(value, POSTABLE);
  if (object === undefined) return undefined;
  const alert: WrittenAlert = {};
  // Two passes, as there: which of two mistakes is told of depends on it.
  decoding.members(object, {
    annotations: (annotations) => (alert.annotations = decoding.labels(annotations, '.annotations')),
    endsat: (time) => (alert.endsAtMs = decoding.time(time, '.endsAt')),
    startsat: (time) => (alert.startsAtMs = decoding.time(time, '.startsAt')),
  });
  decoding.members(object, {
    generatorurl: (url) => (alert.generatorUrl = decoding.text(url, 'Alert.generatorURL')),
    labels: (labels) => (alert.labels = decoding.labels(labels, 'Alert.labels')),
  });
  return alert;
}

function problemOf(index: number, alert: WrittenAlert | undefined): HttpResponse | undefined {
  if (alert === undefined) return refusal(602, `${index} in body is required`);
  const { generatorUrl = '', labels } = alert;
  if (generatorUrl !== '' && !isRequestUri(generatorUrl)) {
    return refusal(601, `${index}.generatorURL in body must be of type uri: "${generatorUrl}"`);
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
