import { text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { secret, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const TYPES = '^(text|markdown)$';

/** `wechat_configs` */
export const wechat = struct({
  name: 'wechat_configs',
  fields: {
    ...overHttp,
    api_secret: given(secret),
    api_secret_file: given(text),
    corp_id: given(text),
    message: given(text),
    api_url: given(url),
    to_user: given(text),
    to_party: given(text),
    to_tag: given(text),
    agent_id: given(text),
    message_type: given(text),
  },
  defaults: {
    message: '{{ template "wechat.default.message" . }}',
    to_user: '{{ template "wechat.default.to_user" . }}',
    to_party: '{{ template "wechat.default.to_party" . }}',
    to_tag: '{{ template "wechat.default.to_tag" . }}',
    agent_id: '{{ template "wechat.default.agent_id" . }}',
  },
  finish: (value, refuse) => {
    const type = value.message_type === '' ? 'text' : value.message_type;
    if (!new RegExp(TYPES).test(type)) {
      refuse(`weChat message type "${type}" does not match valid options ${TYPES}`, 'message_type');
    }
    atMostOne(value, ['api_secret', 'api_secret_file'], refuse);
    return { ...value, message_type: type };
  },
});

/** WeChat. */
export type WechatConfig = StructOf<(typeof wechat)['fields']>;
