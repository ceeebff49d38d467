import { failure, success } from '@tandem/alerting';

import { parseHttpUrl } from '../go/go-url.ts';
import { MASK, SecretText } from '../secret.ts';
import { templateProblem } from '../go/template-syntax.ts';
import { anyValue } from '../yaml/any-value.ts';
import { count, parsed, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { timeout } from '../schema/values.ts';
import { oneOf, overHttp } from './common.ts';

/** A URL that is a secret, and may be a template: only one that is none must be a URL already. */
const templateUrl = parsed({
  name: 'a URL',
  zero: new SecretText(''),
  isZero: (value) => value.empty,
  parse: (written) => {
    if (written === '' || written === MASK) return success(new SecretText(written));
    if (written.includes('{{')) {
      const problem = templateProblem(written, new Set());
      return problem === undefined ? success(new SecretText(written)) : failure(`invalid template syntax: ${problem}`);
    }
    const url = parseHttpUrl(written);
    return url.ok ? success(new SecretText(written)) : failure(`invalid URL: ${url.error}`);
  },
  format: (value) => (value.empty ? null : MASK),
});

/** `webhook_configs` */
export const webhook = struct({
  name: 'webhook_configs',
  fields: {
    ...overHttp,
    url: given(templateUrl),
    url_file: always(text),
    max_alerts: always(count),
    timeout: always(timeout),
    payload: given(anyValue),
  },
  defaults: { send_resolved: true },
  finish: (value, refuse) => {
    oneOf(value, ['url', 'url_file'], refuse);
    return value;
  },
});

/** A webhook. Durations in ms. */
export type WebhookConfig = StructOf<(typeof webhook)['fields']>;
