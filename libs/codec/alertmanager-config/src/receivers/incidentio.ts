import { count, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { countGiven } from '../schema/given.ts';
import { secret, timeout, url } from '../schema/values.ts';
import { atMostOne, oneOf, overHttp } from './common.ts';

/** `incidentio_configs` */
export const incidentio = struct({
  name: 'incidentio_configs',
  fields: {
    ...overHttp,
    url: always(url),
    url_file: always(text),
    alert_source_token: given(secret),
    alert_source_token_file: given(text),
    max_alerts: always(count),
    timeout: always(timeout),
  },
  defaults: { send_resolved: true },
  finish: (value, refuse) => {
    oneOf(value, ['url', 'url_file'], refuse);
    atMostOne(value, ['alert_source_token', 'alert_source_token_file'], refuse);
    const tokens = countGiven(value.alert_source_token, value.alert_source_token_file);
    const http = value.http_config;
    if (http?.authorization !== undefined && tokens > 0) {
      refuse(
        'cannot specify alert_source_token or alert_source_token_file when using http_config.authorization',
        'http_config',
      );
    }
    if (http !== undefined && http.authorization === undefined && tokens === 0) {
      refuse(
        'at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured',
      );
    }
    return value;
  },
});

/** incident.io. Durations in ms. */
export type IncidentioConfig = StructOf<(typeof incidentio)['fields']>;
