import { listOf, optional, optionalStruct, texts } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { countGiven } from '../schema/given.ts';
import { secret, secretUrl, timeout, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const POST_MESSAGE = 'https://slack.com/api/chat.postMessage';

const confirmation = struct({
  name: 'confirm',
  fields: { text: given(text), title: given(text), ok_text: given(text), dismiss_text: given(text) },
  finish: (value, refuse) => {
    if (value.text === '') refuse('missing text in Slack confirmation configuration');
    return value;
  },
});

const action = struct({
  name: 'actions',
  fields: {
    type: given(text),
    text: given(text),
    url: given(text),
    style: given(text),
    name: given(text),
    value: given(text),
    confirm: given(optionalStruct(confirmation)),
  },
  finish: (value, refuse) => {
    for (const key of ['type', 'text'] as const) {
      if (value[key] === '') refuse(`missing ${key} in Slack action configuration`);
    }
    // With a URL it is a link, and has nothing of a button.
    if (value.url !== '') return { ...value, name: '', value: '', confirm: undefined };
    if (value.name === '') refuse('missing name or url in Slack action configuration');
    return value;
  },
});

const field = struct({
  name: 'fields',
  fields: { title: given(text), value: given(text), short: given(optional(flag)) },
  finish: (value, refuse) => {
    for (const key of ['title', 'value'] as const) {
      if (value[key] === '') refuse(`missing ${key} in Slack field configuration`);
    }
    return value;
  },
});

/** `slack_configs` */
export const slack = struct({
  name: 'slack_configs',
  fields: {
    ...overHttp,
    api_url: given(secretUrl),
    api_url_file: given(text),
    app_token: given(secret),
    app_token_file: given(text),
    app_url: given(url),
    channel: given(text),
    username: given(text),
    color: given(text),
    title: given(text),
    title_link: given(text),
    pretext: given(text),
    text: given(text),
    message_text: given(text),
    fields: given(listOf(field, 'missing field: an item of fields is empty')),
    short_fields: always(flag),
    footer: given(text),
    fallback: given(text),
    callback_id: given(text),
    icon_emoji: given(text),
    icon_url: given(text),
    image_url: given(text),
    thumb_url: given(text),
    link_names: always(flag),
    mrkdwn_in: given(texts),
    actions: given(listOf(action, 'missing action: an item of actions is empty')),
    update_message: always(flag),
    timeout: always(timeout),
  },
  defaults: {
    color: '{{ template "slack.default.color" . }}',
    username: '{{ template "slack.default.username" . }}',
    title: '{{ template "slack.default.title" . }}',
    title_link: '{{ template "slack.default.titlelink" . }}',
    icon_emoji: '{{ template "slack.default.iconemoji" . }}',
    icon_url: '{{ template "slack.default.iconurl" . }}',
    pretext: '{{ template "slack.default.pretext" . }}',
    text: '{{ template "slack.default.text" . }}',
    fallback: '{{ template "slack.default.fallback" . }}',
    callback_id: '{{ template "slack.default.callbackid" . }}',
    footer: '{{ template "slack.default.footer" . }}',
  },
  finish: (value, refuse) => {
    atMostOne(value, ['api_url', 'api_url_file'], refuse);
    atMostOne(value, ['app_token', 'app_token_file'], refuse);
    const { api_url: api, api_url_file: file, app_token: token, app_token_file: tokenFile } = value;
    if ((api !== undefined || file !== '') && countGiven(token, tokenFile) > 0) {
      refuse('at most one of api_url/api_url_file & app_token/app_token_file must be configured', 'app_token');
    }
    if (value.update_message && api?.reveal() !== POST_MESSAGE) {
      refuse(
        `update_message can only be used with bot tokens. api_url must be set to ${POST_MESSAGE}`,
        'update_message',
      );
    }
    return value;
  },
});

/** Slack. Durations in ms. */
export type SlackConfig = StructOf<(typeof slack)['fields']>;
