import { matchesAll } from '@tandem/alerting';

import { document, message } from '../http/answers.ts';
import { receiverMatchersOf, type ShownReceiver } from '../http/parameters.ts';
import { jsonLabels, jsonText } from '../json/render-json.ts';
import { type ConfigInForce } from '../backend.ts';
import { type Operation } from '../operation.ts';

/** The receivers of a configuration, each with its name among its labels. */
export function shownReceivers({ receivers }: ConfigInForce): readonly ShownReceiver[] {
  return receivers.map(({ name, labels }) => ({ name, labels: new Map([...labels, ['name', name]]) }));
}

/** `GET /receivers` */
export const getReceivers: Operation = ({ query }, { backend, matcherMode }) => {
  const matchers = receiverMatchersOf(query, matcherMode);
  if (!matchers.ok) return message(400, matchers.error);
  const shown = shownReceivers(backend.config()).filter(({ labels }) => matchesAll(matchers.value, labels));
  const rendered = shown.map(({ name, labels }) => `{"labels":${jsonLabels(labels)},"name":${jsonText(name)}}`);
  return document(`[${rendered.join(',')}]`);
};
