import { templateProblem } from '../go/template-syntax.ts';
import { list, textMap } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { given, struct, type Refuse, type StructOf } from '../yaml/struct.ts';
import { secret, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const TYPES = '^(team|teams|user|escalation|schedule)$';

const responderFields = { id: given(text), name: given(text), username: given(text), type: given(text) };

const responder = struct({ name: 'responders', fields: responderFields });

/** `opsgenie_configs` */
export const opsgenie = struct({
  name: 'opsgenie_configs',
  fields: {
    ...overHttp,
    api_key: given(secret),
    api_key_file: given(text),
    api_url: given(url),
    message: given(text),
    description: given(text),
    source: given(text),
    details: given(textMap),
    entity: given(text),
    responders: given(list(responder)),
    actions: given(text),
    tags: given(text),
    note: given(text),
    priority: given(text),
    update_alerts: given(flag),
  },
  defaults: {
    send_resolved: true,
    message: '{{ template "opsgenie.default.message" . }}',
    description: '{{ template "opsgenie.default.description" . }}',
    source: '{{ template "opsgenie.default.source" . }}',
  },
  finish: (value, refuse) => {
    atMostOne(value, ['api_key', 'api_key_file'], refuse);
    for (const one of value.responders) checkResponder(one, refuse);
    return value;
  },
});

function checkResponder(value: StructOf<typeof responderFields>, refuse: Refuse): void {
  const { id, name, username, type } = value;
  const shown = `opsGenieConfig responder {${id} ${name} ${username} ${type}}`;
  if (id === '' && name === '' && username === '') {
    refuse(`${shown} has to have at least one of id, username or name specified`, 'responders');
  }
  if (type.includes('{{')) {
    const problem = templateProblem(type, new Set());
    if (problem !== undefined) refuse(`${shown} type contains invalid template syntax: ${problem}`, 'responders');
  } else if (!new RegExp(TYPES).test(type.toLowerCase())) {
    const lower = `opsGenieConfig responder {${id} ${name} ${username} ${type.toLowerCase()}}`;
    refuse(`${lower} type does not match valid options ${TYPES}`, 'responders');
  }
}

/** Opsgenie. */
export type OpsgenieConfig = StructOf<(typeof opsgenie)['fields']>;
