import { listOf, optional } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { secret, url } from '../schema/values.ts';
import { overHttp } from './common.ts';

// The keys of these two have no underscores: upstream names them for JSON alone, and YAML takes the names of the Go fields.
const field = struct({
  name: 'fields',
  fields: { short: always(optional(flag)), title: always(text), value: always(text) },
});

const action = struct({
  name: 'actions',
  fields: {
    type: always(text),
    text: always(text),
    url: always(text),
    imageurl: always(text),
    iswebview: always(flag),
    webviewheightratio: always(text),
    msg: always(text),
    msginchatwindow: always(flag),
    msgprocessingtype: always(text),
  },
});

/** `rocketchat_configs` */
export const rocketchat = struct({
  name: 'rocketchat_configs',
  fields: {
    ...overHttp,
    api_url: given(url),
    token_id: given(optional(secret)),
    token_id_file: given(text),
    token: given(optional(secret)),
    token_file: given(text),
    channel: given(text),
    color: given(text),
    title: given(text),
    title_link: given(text),
    text: given(text),
    fields: given(listOf(field, 'missing field: an item of fields is empty')),
    short_fields: always(flag),
    emoji: given(text),
    icon_url: given(text),
    image_url: given(text),
    thumb_url: given(text),
    link_names: always(flag),
    actions: given(listOf(action, 'missing action: an item of actions is empty')),
  },
  defaults: {
    color: '{{ if eq .Status "firing" }}red{{ else }}green{{ end }}',
    emoji: '{{ template "rocketchat.default.emoji" . }}',
    icon_url: '{{ template "rocketchat.default.iconurl" . }}',
    text: '{{ template "rocketchat.default.text" . }}',
    title: '{{ template "rocketchat.default.title" . }}',
    title_link: '{{ template "rocketchat.default.titlelink" . }}',
  },
  finish: (value, refuse) => {
    for (const key of ['token', 'token_id'] as const) {
      const file = `${key}_file` as const;
      if (value[key] !== undefined && value[file] !== '') {
        refuse(`at most one of ${key} & ${file} must be configured`, file);
      }
    }
    return value;
  },
});

/** Rocket.Chat. */
export type RocketchatConfig = StructOf<(typeof rocketchat)['fields']>;
