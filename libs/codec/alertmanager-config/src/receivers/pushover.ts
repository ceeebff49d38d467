import { flag, text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { secret, strictTimeout } from '../schema/values.ts';
import { oneOf, overHttp } from './common.ts';

/** `pushover_configs` */
export const pushover = struct({
  name: 'pushover_configs',
  fields: {
    ...overHttp,
    user_key: given(secret),
    user_key_file: given(text),
    token: given(secret),
    token_file: given(text),
    title: given(text),
    message: given(text),
    url: given(text),
    url_title: given(text),
    device: given(text),
    sound: given(text),
    priority: given(text),
    retry: given(strictTimeout),
    expire: given(strictTimeout),
    ttl: given(strictTimeout),
    html: given(flag),
    monospace: given(flag),
  },
  defaults: {
    send_resolved: true,
    title: '{{ template "pushover.default.title" . }}',
    message: '{{ template "pushover.default.message" . }}',
    url: '{{ template "pushover.default.url" . }}',
    priority: '{{ if eq .Status "firing" }}2{{ else }}0{{ end }}',
    retry: 60_000,
    expire: 3_600_000,
  },
  finish: (value, refuse) => {
    oneOf(value, ['user_key', 'user_key_file'], refuse);
    oneOf(value, ['token', 'token_file'], refuse);
    if (value.html && value.monospace) refuse('at most one of monospace & html must be configured', 'monospace');
    return value;
  },
});

/** Pushover. Durations in ms. */
export type PushoverConfig = StructOf<(typeof pushover)['fields']>;
