import { textMap } from '../yaml/collections.ts';
import { flag, text } from '../yaml/scalars.ts';
import { always, given, struct, type StructOf } from '../yaml/struct.ts';
import { isGiven } from '../schema/given.ts';
import { secret } from '../schema/values.ts';
import { overHttp } from './common.ts';

const sigv4 = struct({
  name: 'sigv4',
  fields: {
    region: given(text),
    access_key: given(text),
    secret_key: given(secret),
    profile: given(text),
    role_arn: given(text),
    external_id: given(text),
    use_fips_sts_endpoint: given(flag),
    service_name: given(text),
  },
  finish: (value, refuse) => {
    if (isGiven(value.access_key) !== isGiven(value.secret_key)) {
      refuse('must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config');
    }
    if (value.external_id !== '' && value.role_arn === '') refuse('external_id can only be used with role_arn');
    return value;
  },
});

/** `sns_configs` */
export const sns = struct({
  name: 'sns_configs',
  fields: {
    ...overHttp,
    api_url: given(text),
    sigv4: always(sigv4),
    topic_arn: given(text),
    phone_number: given(text),
    target_arn: given(text),
    subject: given(text),
    message: given(text),
    attributes: given(textMap),
    use_aws_http_client: given(flag),
  },
  defaults: {
    send_resolved: true,
    subject: '{{ template "sns.default.subject" . }}',
    message: '{{ template "sns.default.message" . }}',
  },
  finish: (value, refuse) => {
    // As upstream has it: none, or two of the three.
    const targets = [value.target_arn, value.topic_arn, value.phone_number];
    if (targets.filter((target) => target === '').length % 2 === 1) {
      refuse('must provide either a Target ARN, Topic ARN, or Phone Number for SNS config');
    }
    return value;
  },
});

/** Amazon SNS. */
export type SnsConfig = StructOf<(typeof sns)['fields']>;
