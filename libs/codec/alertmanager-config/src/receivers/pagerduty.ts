import { anyValue, type AnyValue } from '../yaml/any-value.ts';
import { list, mapOf } from '../yaml/collections.ts';
import { text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { countGiven } from '../schema/given.ts';
import { secret, timeout, url } from '../schema/values.ts';
import { atMostOne, overHttp } from './common.ts';

const DETAILS: ReadonlyMap<string, AnyValue> = new Map([
  ['firing', '{{ .Alerts.Firing | toJson }}'],
  ['resolved', '{{ .Alerts.Resolved | toJson }}'],
  ['num_firing', '{{ .Alerts.Firing | len }}'],
  ['num_resolved', '{{ .Alerts.Resolved | len }}'],
]);

const image = struct({ name: 'images', fields: { src: given(text), alt: given(text), href: given(text) } });
const link = struct({ name: 'links', fields: { href: given(text), text: given(text) } });

/** `pagerduty_configs` */
export const pagerduty = struct({
  name: 'pagerduty_configs',
  fields: {
    ...overHttp,
    service_key: given(secret),
    service_key_file: given(text),
    routing_key: given(secret),
    routing_key_file: given(text),
    url: given(url),
    client: given(text),
    client_url: given(text),
    description: given(text),
    details: given(mapOf(anyValue)),
    images: given(list(image)),
    links: given(list(link)),
    source: given(text),
    severity: given(text),
    class: given(text),
    component: given(text),
    group: given(text),
    timeout: always(timeout),
  },
  defaults: {
    send_resolved: true,
    description: '{{ template "pagerduty.default.description" .}}',
    client: '{{ template "pagerduty.default.client" . }}',
    client_url: '{{ template "pagerduty.default.clientURL" . }}',
  },
  finish: (value, refuse) => {
    const { routing_key: routing, service_key: service } = value;
    if (countGiven(routing, service, value.routing_key_file, value.service_key_file) === 0) {
      refuse('missing service or routing key in PagerDuty config');
    }
    atMostOne(value, ['routing_key', 'routing_key_file'], refuse);
    atMostOne(value, ['service_key', 'service_key_file'], refuse);
    const source = value.source === '' ? value.client : value.source;
    return { ...value, source, details: new Map([...DETAILS, ...value.details]) };
  },
});

/** PagerDuty. Durations in ms. */
export type PagerdutyConfig = StructOf<(typeof pagerduty)['fields']>;
