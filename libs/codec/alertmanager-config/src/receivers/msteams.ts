import { text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { secretUrl } from '../schema/values.ts';
import { oneOf, overHttp } from './common.ts';

const address = { ...overHttp, webhook_url: given(secretUrl), webhook_url_file: given(text) };

/** `msteams_configs` */
export const msteams = struct({
  name: 'msteams_configs',
  fields: { ...address, title: given(text), summary: given(text), text: given(text) },
  defaults: {
    send_resolved: true,
    title: '{{ template "msteams.default.title" . }}',
    summary: '{{ template "msteams.default.summary" . }}',
    text: '{{ template "msteams.default.text" . }}',
  },
  finish: (value, refuse) => {
    oneOf(value, ['webhook_url', 'webhook_url_file'], refuse);
    return value;
  },
});

/** `msteamsv2_configs` */
export const msteamsV2 = struct({
  name: 'msteamsv2_configs',
  fields: { ...address, title: given(text), text: given(text) },
  defaults: {
    send_resolved: true,
    title: '{{ template "msteamsv2.default.title" . }}',
    text: '{{ template "msteamsv2.default.text" . }}',
  },
  finish: (value, refuse) => {
    oneOf(value, ['webhook_url', 'webhook_url_file'], refuse);
    return value;
  },
});

/** Microsoft Teams by connectors. */
export type MsteamsConfig = StructOf<(typeof msteams)['fields']>;

/** Microsoft Teams by workflows. */
export type MsteamsV2Config = StructOf<(typeof msteamsV2)['fields']>;
