import { formatGoUrl } from './go/go-url.ts';
import { type Inheritance } from './inheritance.ts';
import { type SlackConfig } from './receivers/slack.ts';
import { countGiven } from './schema/given.ts';
import { SecretText } from './secret.ts';

/**
 * Slack by an incoming webhook, or by an app: an app's token is taken over where neither an address nor an authorization
 * of its own says otherwise, and then stands for both.
 */
export function inheritSlack(config: SlackConfig, { global, lacking }: Inheritance): SlackConfig {
  const appUrl = config.app_url ?? global.slack_app_url;
  if (appUrl === undefined) {
    lacking(config, 'no global Slack App URL set');
    return config;
  }
  const token = tokenOf(config, { global, lacking });
  const address = addressOf(config, { global, lacking });
  const byApp = countGiven(token.app_token, token.app_token_file) > 0;
  if (address.api_url === undefined && address.api_url_file === '' && !byApp) {
    lacking(config, 'no Slack API URL nor App token set either inline or in a file');
  }
  const http = config.http_config ?? global.http_config;
  const taken = { ...config, ...token, ...address, app_url: appUrl, http_config: http };
  if (!byApp || http === undefined) return taken;
  if (http.authorization !== undefined) {
    lacking(config, "http authorization can't be set when using Slack App tokens");
    return taken;
  }
  const authorization = {
    type: 'Bearer',
    credentials: token.app_token,
    credentials_file: token.app_token_file,
    credentials_ref: '',
  };
  return { ...taken, api_url: new SecretText(formatGoUrl(appUrl)), http_config: { ...http, authorization } };
}

function tokenOf(config: SlackConfig, { global }: Inheritance): Pick<SlackConfig, 'app_token' | 'app_token_file'> {
  const own = countGiven(config.app_token, config.app_token_file) > 0;
  if (own || config.http_config?.authorization !== undefined || config.api_url !== undefined) {
    return { app_token: config.app_token, app_token_file: config.app_token_file };
  }
  return { app_token: global.slack_app_token, app_token_file: global.slack_app_token_file };
}

function addressOf(config: SlackConfig, { global }: Inheritance): Pick<SlackConfig, 'api_url' | 'api_url_file'> {
  if (config.api_url !== undefined || config.api_url_file !== '') {
    return { api_url: config.api_url, api_url_file: config.api_url_file };
  }
  return { api_url: global.slack_api_url, api_url_file: global.slack_api_url_file };
}
