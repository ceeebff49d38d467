import { firstGiven, withHttp, withSlash, type Inheritance } from './inheritance.ts';
import { type OpsgenieConfig } from './receivers/opsgenie.ts';
import { type ReceiverConfig } from './receivers/receiver.ts';
import { type VictoropsConfig } from './receivers/victorops.ts';
import { isGiven } from './schema/given.ts';

type Paging = Pick<ReceiverConfig, 'pagerduty_configs' | 'victorops_configs' | 'jira_configs'>;

/** Integrations that page people, or open issues. */
export function inheritPaging(receiver: ReceiverConfig, inheritance: Inheritance): Paging {
  const { global, lacking } = inheritance;
  return {
    pagerduty_configs: withHttp(receiver.pagerduty_configs, inheritance).map((config, index) => {
      const url = config.url ?? global.pagerduty_url;
      if (url === undefined) lacking(receiver.pagerduty_configs[index] ?? config, 'no global PagerDuty URL set');
      return { ...config, url };
    }),
    victorops_configs: receiver.victorops_configs.map((config) => inheritVictorops(config, inheritance)),
    jira_configs: withHttp(receiver.jira_configs, inheritance).map((config, index) => {
      const url = config.api_url ?? global.jira_api_url;
      if (url === undefined) lacking(receiver.jira_configs[index] ?? config, 'no global Jira Cloud URL set');
      return { ...config, api_url: url };
    }),
  };
}

function inheritVictorops(config: VictoropsConfig, { global, lacking }: Inheritance): VictoropsConfig {
  const url = config.api_url ?? global.victorops_api_url;
  if (url === undefined) lacking(config, 'no global VictorOps URL set');
  const key = firstGiven(config.api_key, global.victorops_api_key);
  const file = firstGiven(config.api_key_file, global.victorops_api_key_file);
  if (!isGiven(key) && file === '') lacking(config, 'no global VictorOps API Key set');
  const http = config.http_config ?? global.http_config;
  return { ...config, http_config: http, api_url: withSlash(url), api_key: key, api_key_file: file };
}

/** Opsgenie takes over its address and key. */
export function inheritOpsgenie(config: OpsgenieConfig, { global, lacking }: Inheritance): OpsgenieConfig {
  const url = config.api_url ?? global.opsgenie_api_url;
  if (url === undefined) lacking(config, 'no global OpsGenie URL set');
  const key = firstGiven(config.api_key, global.opsgenie_api_key);
  const file = firstGiven(config.api_key_file, global.opsgenie_api_key_file);
  if (!isGiven(key) && file === '') lacking(config, 'no global OpsGenie API Key set either inline or in a file');
  const http = config.http_config ?? global.http_config;
  return { ...config, http_config: http, api_url: withSlash(url), api_key: key, api_key_file: file };
}
