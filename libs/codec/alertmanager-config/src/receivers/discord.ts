import { text } from '../yaml/scalars.ts';
import { given, struct, type StructOf } from '../yaml/struct.ts';
import { secretUrl } from '../schema/values.ts';
import { oneOf, overHttp } from './common.ts';

/** `discord_configs` */
export const discord = struct({
  name: 'discord_configs',
  fields: {
    ...overHttp,
    webhook_url: given(secretUrl),
    webhook_url_file: given(text),
    content: given(text),
    title: given(text),
    message: given(text),
    username: given(text),
    avatar_url: given(text),
  },
  defaults: {
    send_resolved: true,
    title: '{{ template "discord.default.title" . }}',
    message: '{{ template "discord.default.message" . }}',
  },
  finish: (value, refuse) => {
    oneOf(value, ['webhook_url', 'webhook_url_file'], refuse);
    return value;
  },
});

/** Discord. */
export type DiscordConfig = StructOf<(typeof discord)['fields']>;
