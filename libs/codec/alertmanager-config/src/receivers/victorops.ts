import { textMap } from '../yaml/collections.ts';
import { text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { secret, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

/** Fields that are sent in any case. */
const RESERVED = [
  'routing_key',
  'message_type',
  'state_message',
  'entity_display_name',
  'monitoring_tool',
  'entity_id',
  'entity_state',
];

/** `victorops_configs` */
export const victorops = struct({
  name: 'victorops_configs',
  fields: {
    ...overHttp,
    api_key: given(secret),
    api_key_file: given(text),
    api_url: always(url),
    routing_key: always(text),
    message_type: always(text),
    state_message: always(text),
    entity_display_name: always(text),
    monitoring_tool: always(text),
    custom_fields: given(textMap),
  },
  defaults: {
    send_resolved: true,
    message_type: 'CRITICAL',
    state_message: '{{ template "victorops.default.state_message" . }}',
    entity_display_name: '{{ template "victorops.default.entity_display_name" . }}',
    monitoring_tool: '{{ template "victorops.default.monitoring_tool" . }}',
  },
  finish: (value, refuse) => {
    if (value.routing_key === '') refuse('missing Routing key in VictorOps config');
    atMostOne(value, ['api_key', 'api_key_file'], refuse);
    for (const name of RESERVED.filter((reserved) => value.custom_fields.has(reserved))) {
      refuse(
        `victorOps config contains custom field ${name} which cannot be used as it conflicts with the fixed/static fields`,
        'custom_fields',
      );
    }
    return value;
  },
});

/** VictorOps. */
export type VictoropsConfig = StructOf<(typeof victorops)['fields']>;
