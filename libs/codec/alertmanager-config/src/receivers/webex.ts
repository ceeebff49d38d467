import { text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { url } from '../schema/values.ts';
import { overHttp } from './common.ts';

/** `webex_configs` */
export const webex = struct({
  name: 'webex_configs',
  fields: { ...overHttp, api_url: given(url), message: given(text), room_id: always(text) },
  defaults: { send_resolved: true, message: '{{ template "webex.default.message" . }}' },
  finish: (value, refuse) => {
    if (value.room_id === '') refuse('missing room_id on webex_config');
    if (value.http_config?.authorization === undefined) refuse('missing webex_configs.http_config.authorization');
    return value;
  },
});

/** Webex. */
export type WebexConfig = StructOf<(typeof webex)['fields']>;
