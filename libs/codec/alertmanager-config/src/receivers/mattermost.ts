import { listOf, optional, optionalStruct } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { secretUrl } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const field = struct({
  name: 'fields',
  fields: { title: given(text), value: given(text), short: given(optional(flag)) },
  finish: (value, refuse) => {
    for (const key of ['title', 'value'] as const) {
      if (value[key] === '') refuse(`missing ${key} in Mattermost field configuration`);
    }
    return value;
  },
});

const fields = listOf(field, 'missing field: an item of fields is empty');

const attachment = struct({
  name: 'attachments',
  fields: {
    fallback: given(text),
    color: given(text),
    pretext: given(text),
    text: given(text),
    author_name: given(text),
    author_link: given(text),
    author_icon: given(text),
    title: given(text),
    title_link: given(text),
    fields: given(fields),
    thumb_url: given(text),
    footer: given(text),
    footer_icon: given(text),
    image_url: given(text),
  },
});

const props = struct({ name: 'props', fields: { card: given(text) } });

const priority = struct({
  name: 'priority',
  fields: { priority: given(text), requested_ack: given(flag), persistent_notifications: given(flag) },
});

/** `mattermost_configs` */
export const mattermost = struct({
  name: 'mattermost_configs',
  fields: {
    ...overHttp,
    webhook_url: given(secretUrl),
    webhook_url_file: given(text),
    channel: given(text),
    username: given(text),
    text: given(text),
    fallback: given(text),
    color: given(text),
    pretext: given(text),
    author_name: given(text),
    author_link: given(text),
    author_icon: given(text),
    title: given(text),
    title_link: given(text),
    fields: given(fields),
    thumb_url: given(text),
    footer: given(text),
    footer_icon: given(text),
    image_url: given(text),
    icon_url: given(text),
    icon_emoji: given(text),
    attachments: given(listOf(attachment, 'missing attachment: an item of attachments is empty')),
    type: given(text),
    props: given(optionalStruct(props)),
    priority: given(optionalStruct(priority)),
  },
  defaults: {
    send_resolved: true,
    username: '{{ template "mattermost.default.username" . }}',
    color: '{{ template "mattermost.default.color" . }}',
    text: '{{ template "mattermost.default.text" . }}',
    title: '{{ template "mattermost.default.title" . }}',
    title_link: '{{ template "mattermost.default.titlelink" . }}',
    fallback: '{{ template "mattermost.default.fallback" . }}',
  },
  finish: (value, refuse) => {
    atMostOne(value, ['webhook_url', 'webhook_url_file'], refuse);
    return value;
  },
});

/** Mattermost. */
export type MattermostConfig = StructOf<(typeof mattermost)['fields']>;
