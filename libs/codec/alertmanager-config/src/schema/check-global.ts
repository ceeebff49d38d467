import { formatGoUrl } from '../go/go-url.ts';
import { type Refuse } from '../yaml/struct.ts';
import { countGiven } from './given.ts';
import { type GlobalConfig } from './global.ts';

/** A value and the file it may be in instead, in the order in which upstream looks at them. */
const ALTERNATIVES = [
  ['slack_app_token', 'slack_app_token_file'],
  ['slack_api_url', 'slack_api_url_file'],
  ['opsgenie_api_key', 'opsgenie_api_key_file'],
  ['victorops_api_key', 'victorops_api_key_file'],
  ['telegram_bot_token', 'telegram_bot_token_file'],
  ['smtp_auth_password', 'smtp_auth_password_file'],
  ['rocketchat_token', 'rocketchat_token_file'],
  ['rocketchat_token_id', 'rocketchat_token_id_file'],
  ['smtp_auth_secret', 'smtp_auth_secret_file'],
  ['wechat_api_secret', 'wechat_api_secret_file'],
  ['mattermost_webhook_url', 'mattermost_webhook_url_file'],
] as const satisfies readonly (readonly [keyof GlobalConfig, keyof GlobalConfig])[];

/** Refuses a `global` that says one thing twice. */
export function checkGlobal(global: GlobalConfig, refuse: Refuse): void {
  for (const [inline, file] of ALTERNATIVES) {
    if (countGiven(global[inline], global[file]) > 1) {
      refuse(`at most one of ${inline} & ${file} must be configured`, file);
    }
  }
  const byApp = countGiven(global.slack_app_token, global.slack_app_token_file) > 0;
  const byWebhook = global.slack_api_url !== undefined || global.slack_api_url_file !== '';
  // Both are fine where they say the same: an older way to give each receiver a token of its own.
  const appUrl = global.slack_app_url === undefined ? undefined : formatGoUrl(global.slack_app_url);
  if (byApp && byWebhook && global.slack_api_url?.reveal() !== appUrl) {
    refuse(
      'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured',
      'slack_app_token',
    );
  }
}
