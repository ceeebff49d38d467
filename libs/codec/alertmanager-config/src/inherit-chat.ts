import { inheritSlack } from './inherit-slack.ts';
import { firstGiven, withHttp, withSlash, type Inheritance } from './inheritance.ts';
import { type MattermostConfig } from './receivers/mattermost.ts';
import { type MsteamsV2Config } from './receivers/msteams.ts';
import { type ReceiverConfig } from './receivers/receiver.ts';
import { type RocketchatConfig } from './receivers/rocketchat.ts';
import { type TelegramConfig } from './receivers/telegram.ts';
import { type WechatConfig } from './receivers/wechat.ts';
import { isGiven } from './schema/given.ts';

type Chat = Pick<
  ReceiverConfig,
  | 'slack_configs'
  | 'wechat_configs'
  | 'telegram_configs'
  | 'discord_configs'
  | 'webex_configs'
  | 'msteams_configs'
  | 'msteamsv2_configs'
  | 'rocketchat_configs'
  | 'mattermost_configs'
>;

/** Integrations that write where people talk. */
export function inheritChat(receiver: ReceiverConfig, inheritance: Inheritance): Chat {
  const { global, lacking } = inheritance;
  return {
    slack_configs: receiver.slack_configs.map((config) => inheritSlack(config, inheritance)),
    wechat_configs: receiver.wechat_configs.map((config) => inheritWechat(config, inheritance)),
    telegram_configs: receiver.telegram_configs.map((config) => inheritTelegram(config, inheritance)),
    discord_configs: withHttp(receiver.discord_configs, inheritance),
    webex_configs: receiver.webex_configs.map((config) => {
      const url = config.api_url ?? global.webex_api_url;
      if (url === undefined) lacking(config, 'no global Webex URL set');
      return { ...config, api_url: url };
    }),
    msteams_configs: withHttp(receiver.msteams_configs, inheritance),
    msteamsv2_configs: receiver.msteamsv2_configs.map((config) => inheritMsteamsV2(config, inheritance)),
    rocketchat_configs: receiver.rocketchat_configs.map((config) => inheritRocketchat(config, inheritance)),
    mattermost_configs: receiver.mattermost_configs.map((config) => inheritMattermost(config, inheritance)),
  };
}

function inheritWechat(config: WechatConfig, { global, lacking }: Inheritance): WechatConfig {
  const url = config.api_url ?? global.wechat_api_url;
  if (url === undefined) lacking(config, 'no global Wechat URL set');
  const own = isGiven(config.api_secret) || config.api_secret_file !== '';
  const { api_secret: key, api_secret_file: file } = own
    ? config
    : { api_secret: global.wechat_api_secret, api_secret_file: global.wechat_api_secret_file };
  if (!isGiven(key) && file === '') lacking(config, 'no global Wechat Api Secret set either inline or in a file');
  const corp = firstGiven(config.corp_id, global.wechat_api_corp_id);
  if (corp === '') lacking(config, 'no global Wechat CorpID set');
  const http = config.http_config ?? global.http_config;
  return {
    ...config,
    http_config: http,
    api_url: withSlash(url),
    api_secret: key,
    api_secret_file: file,
    corp_id: corp,
  };
}

function inheritTelegram(config: TelegramConfig, { global, lacking }: Inheritance): TelegramConfig {
  const own = isGiven(config.bot_token) || config.bot_token_file !== '';
  const { bot_token: token, bot_token_file: file } = own
    ? config
    : { bot_token: global.telegram_bot_token, bot_token_file: global.telegram_bot_token_file };
  if (!isGiven(token) && file === '') lacking(config, 'missing bot_token or bot_token_file on telegram_config');
  const http = config.http_config ?? global.http_config;
  const url = config.api_url ?? global.telegram_api_url;
  return { ...config, http_config: http, api_url: url, bot_token: token, bot_token_file: file };
}

/** Of HTTP settings of its own, it takes the proxy over alone. */
function inheritMsteamsV2(config: MsteamsV2Config, { global }: Inheritance): MsteamsV2Config {
  const own = config.http_config;
  if (own === undefined) return { ...config, http_config: global.http_config };
  return { ...config, http_config: { ...own, proxy_url: own.proxy_url ?? global.http_config?.proxy_url } };
}

function inheritRocketchat(config: RocketchatConfig, { global, lacking }: Inheritance): RocketchatConfig {
  const inherited = {
    http_config: config.http_config ?? global.http_config,
    api_url: config.api_url ?? global.rocketchat_api_url,
    token_id: config.token_id ?? global.rocketchat_token_id,
    token_id_file: firstGiven(config.token_id_file, global.rocketchat_token_id_file),
    token: config.token ?? global.rocketchat_token,
    token_file: firstGiven(config.token_file, global.rocketchat_token_file),
  };
  if (inherited.token_id === undefined && inherited.token_id_file === '') {
    lacking(config, 'no global Rocketchat TokenID set either inline or in a file');
  }
  if (inherited.token === undefined && inherited.token_file === '') {
    lacking(config, 'no global Rocketchat Token set either inline or in a file');
  }
  return { ...config, ...inherited };
}

function inheritMattermost(config: MattermostConfig, { global, lacking }: Inheritance): MattermostConfig {
  const http = config.http_config ?? global.http_config;
  if (config.webhook_url !== undefined || config.webhook_url_file !== '') return { ...config, http_config: http };
  const { mattermost_webhook_url: url, mattermost_webhook_url_file: file } = global;
  if (url === undefined && file === '') lacking(config, 'missing webhook_url or webhook_url_file on mattermost_config');
  return { ...config, http_config: http, webhook_url: url, webhook_url_file: file };
}
