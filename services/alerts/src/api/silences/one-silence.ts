import { quote } from '@tandem/alerting';
import { type HttpResponse } from '@tandem/server';

import { bare, document, message, refusal } from '../http/answers.ts';
import { type Operation } from '../operation.ts';
import { renderSilence } from './silence-view.ts';

const DASHED = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** What go-openapi takes for a `uuid`: as URN, between two signs of any kind, with dashes, without. */
const UUID = new RegExp(`^(?:urn:uuid:${DASHED}|.${DASHED}.|${DASHED}|[0-9a-f]{32})$`, 'iu');

/** `GET /silence/{silenceID}` */
export const getSilence: Operation = ({ id }, { backend }) => {
  const problem = problemOf(id);
  if (problem !== undefined) return problem;
  const silence = backend.silence(id);
  if (silence === undefined) return bare(404);
  const json = renderSilence(silence, backend.now());
  return json.ok ? document(json.value) : message(500, json.error);
};

/** `DELETE /silence/{silenceID}`: the silence ends now, and is kept for its retention. */
export const deleteSilence: Operation = async ({ id }, { backend }) => {
  const problem = problemOf(id);
  if (problem !== undefined) return problem;
  const outcome = await backend.expireSilence(id);
  switch (outcome) {
    case 'expired':
    case 'already-expired':
      return bare(200);
    case 'not-found':
      return bare(404);
    case 'log-away':
      return message(503, 'cannot end the silence: the log is away');
  }
};

function problemOf(id: string): HttpResponse | undefined {
  return UUID.test(id) ? undefined : refusal(601, `silenceID in path must be of type uuid: ${quote(id)}`);
}
