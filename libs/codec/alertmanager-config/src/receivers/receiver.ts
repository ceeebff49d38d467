import { listOf, textMap } from '../yaml/collections.ts';
import { text } from '../yaml/scalars.ts';
import { always, given, struct, type Field, type Fields, type StructOf, type StructType } from '../yaml/struct.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { incidentio } from './incidentio.ts';
import { jira } from './jira.ts';
import { mattermost } from './mattermost.ts';
import { msteams, msteamsV2 } from './msteams.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { pushover } from './pushover.ts';
import { rocketchat } from './rocketchat.ts';
import { slack } from './slack.ts';
import { sns } from './sns.ts';
import { telegram } from './telegram.ts';
import { victorops } from './victorops.ts';
import { webex } from './webex.ts';
import { webhook } from './webhook.ts';
import { wechat } from './wechat.ts';

function integrations<F extends Fields>(type: StructType<F>, name: string): Field<readonly StructOf<F>[]> {
  return given(listOf<StructOf<F>>(type, `missing ${name} config`));
}

const fields = {
  name: always(text),
  labels: given(textMap),
  discord_configs: integrations(discord, 'discord'),
  email_configs: integrations(email, 'email'),
  incidentio_configs: integrations(incidentio, 'incidentio'),
  pagerduty_configs: integrations(pagerduty, 'pagerduty'),
  slack_configs: integrations(slack, 'slack'),
  webhook_configs: integrations(webhook, 'webhook'),
  opsgenie_configs: integrations(opsgenie, 'opsgenie'),
  wechat_configs: integrations(wechat, 'wechat'),
  pushover_configs: integrations(pushover, 'pushover'),
  victorops_configs: integrations(victorops, 'victorops'),
  sns_configs: integrations(sns, 'sns'),
  telegram_configs: integrations(telegram, 'telegram'),
  webex_configs: integrations(webex, 'webex'),
  msteams_configs: integrations(msteams, 'msteams'),
  msteamsv2_configs: integrations(msteamsV2, 'msteamsv2'),
  jira_configs: integrations(jira, 'jira'),
  rocketchat_configs: integrations(rocketchat, 'rocketchat'),
  mattermost_configs: integrations(mattermost, 'mattermost'),
};

/** Whom to notify, by which integrations. */
export type ReceiverConfig = StructOf<typeof fields>;

/** A kind of integration: the key of its list. */
export type IntegrationKey = Exclude<keyof ReceiverConfig, 'name' | 'labels'>;

/** Kinds of integrations, in the order in which Alertmanager builds them. */
export const INTEGRATION_KEYS: readonly IntegrationKey[] = [
  'webhook_configs',
  'email_configs',
  'pagerduty_configs',
  'opsgenie_configs',
  'wechat_configs',
  'slack_configs',
  'victorops_configs',
  'pushover_configs',
  'sns_configs',
  'telegram_configs',
  'discord_configs',
  'webex_configs',
  'msteams_configs',
  'msteamsv2_configs',
  'jira_configs',
  'incidentio_configs',
  'rocketchat_configs',
  'mattermost_configs',
];

/** `receivers` */
export const receiver = struct({
  name: 'receivers',
  fields,
  finish: (value, refuse) => {
    if (value.name === '') refuse('missing name in receiver');
    const label = value.labels.get('name');
    if (label !== undefined && label !== value.name) {
      refuse(`receiver label "name" must match receiver name "${value.name}", got "${label}"`, 'labels');
    }
    return { ...value, labels: new Map([...value.labels, ['name', value.name]]) };
  },
});
