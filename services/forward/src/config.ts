import { duration, secret, secretKeys, secretUrl, section, type ConfigOf } from '@tandem/config';
import { z } from 'zod';

const target = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'expected lower-case letters, digits, _ and -')
      .describe('Names the consumer group and the metrics; keep it when the address changes.'),
    url: secretUrl(['http', 'https']).describe('Remote-write address, for example http://victoria:8428/api/v1/write.'),
    protobuf_message: z
      .literal('prometheus.WriteRequest')
      .default('prometheus.WriteRequest')
      .describe('Message sent: remote write 1.0.'),
    timeout: duration({ min: '100ms', max: '5m' }).default(30_000).describe('Of one request.'),
    headers: z.record(z.string(), secret()).default({}).describe('Sent with every request; never printed.'),
    basic_auth: z
      .strictObject({
        username: z.string().min(1).describe('User at the target.'),
        ...secretKeys('password', 'Password of the user.'),
      })
      .optional()
      .describe('HTTP basic authentication.'),
    bearer_token_file: z.string().optional().describe('File with a bearer token, read again when it changes.'),
    tls: z
      .strictObject({
        ca_file: z.string().optional().describe('Certificates to trust instead of the system’s, PEM.'),
        cert_file: z.string().optional().describe('Certificate shown to the target, PEM.'),
        key_file: z.string().optional().describe('Key of the certificate, PEM.'),
        server_name: z.string().optional().describe('Name expected in the certificate of the target.'),
        insecure_skip_verify: z.boolean().default(false).describe('Accept any certificate. For tests.'),
      })
      .refine(({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined), {
        path: ['cert_file'],
        message: 'expected cert_file and key_file together',
      })
      .optional()
      .describe('How the target is verified, and what it is shown.'),
  })
  .refine(({ basic_auth, bearer_token_file }) => basic_auth === undefined || bearer_token_file === undefined, {
    path: ['bearer_token_file'],
    message: 'expected one way of authentication: basic_auth or bearer_token_file',
  });

/** Keys of `forward` in the configuration. */
export const forwardSection = section({
  targets: z
    .array(target)
    .default([])
    .describe('Where the deduplicated stream goes: any number of remote-write targets.')
    .refine((targets) => new Set(targets.map(({ name }) => name)).size === targets.length, {
      message: 'expected a different name for each target',
    }),
  commit_interval: duration({ min: '50ms', max: '1m' })
    .default(1000)
    .describe('How often positions are committed: what is sent again after a crash.'),
});

/** The section as it is after parsing. */
export type ForwardConfig = ConfigOf<typeof forwardSection>;
/** One of `forward.targets`. */
export type TargetConfig = ForwardConfig['targets'][number];
