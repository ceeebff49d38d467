import { flag, integer, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { secret, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const PARSE_MODES: ReadonlySet<string> = new Set(['', 'Markdown', 'MarkdownV2', 'HTML']);

/** `telegram_configs` */
export const telegram = struct({
  name: 'telegram_configs',
  fields: {
    ...overHttp,
    api_url: always(url),
    bot_token: given(secret),
    bot_token_file: given(text),
    chat_id: given(integer),
    chat_id_file: given(text),
    message_thread_id: given(integer),
    message: given(text),
    disable_notifications: given(flag),
    parse_mode: given(text),
  },
  defaults: { send_resolved: true, message: '{{ template "telegram.default.message" . }}', parse_mode: 'HTML' },
  finish: (value, refuse) => {
    atMostOne(value, ['bot_token', 'bot_token_file'], refuse);
    const { chat_id: chat, chat_id_file: file } = value;
    if (chat === 0 && file === '') refuse('missing chat_id or chat_id_file on telegram_config');
    if (chat !== 0 && file !== '') refuse('at most one of chat_id & chat_id_file must be configured', 'chat_id_file');
    if (!PARSE_MODES.has(value.parse_mode)) {
      refuse('unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string', 'parse_mode');
    }
    return value;
  },
});

/** Telegram. */
export type TelegramConfig = StructOf<(typeof telegram)['fields']>;
