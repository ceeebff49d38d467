import { duration, secretKeys, section, size } from '@tandem/config';
import { z } from 'zod';

import { spreadList } from './spread-list.ts';

/** TLS of a connection that Tandem opens. */
export const tlsSection = section({
  enabled: z.boolean().default(false).describe('Whether the connection is encrypted.'),
  ca_file: z.string().optional().describe('Certificates to trust instead of the system’s, PEM.'),
  cert_file: z.string().optional().describe('Certificate shown to the other side, PEM.'),
  key_file: z.string().optional().describe('Key of the certificate, PEM.'),
  server_name: z.string().optional().describe('Name expected in the certificate of the other side.'),
  insecure_skip_verify: z.boolean().default(false).describe('Accept any certificate. For tests.'),
});

const saslSection = section({
  mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to authenticate with the brokers.'),
  username: z.string().optional().describe('User of the brokers.'),
  ...secretKeys('password', 'Password of the user.'),
}).refine(
  ({ mechanism, username, password }) => mechanism === undefined || (username !== undefined && password !== undefined),
  {
    path: ['mechanism'],
    message: 'expected username and password (or password_file) beside it',
  },
);

const kafkaSection = section({
  brokers: z
    .array(z.string().regex(/^[^\s,:]+:\d{1,5}$|^\[[^\]\s]+\]:\d{1,5}$/, 'expected host:port'))
    .default([])
    .describe('Addresses to find the brokers by, host:port.'),
  topic_prefix: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{0,100}$/, 'expected letters, digits, dots, underscores and dashes')
    .default('tandem.')
    .describe('Put before the name of every topic and consumer group.'),
  client_id: z.string().min(1).default('tandem').describe('What brokers know this process by.'),
  replication_factor: z
    .int()
    .min(1)
    .max(32767)
    .optional()
    .describe('Copies of the topics that are created; without it the broker decides.'),
  request_timeout: duration({ min: '1s', max: '2m' })
    .default(10_000)
    .describe('How long an append may wait for the brokers before it is refused.'),
  tls: tlsSection,
  sasl: saslSection,
});

/** Keys of `stream` in the configuration: the durable log. */
export const streamSection = section({
  driver: z
    .enum(['embedded', 'kafka'])
    .default('embedded')
    .describe('Where the log is: in storage.path on this machine, or on Kafka.'),
  partitions: z
    .int()
    .min(1)
    .max(10_000)
    .default(8)
    .describe('Partitions of every topic. It must be what the topics have: a start with another number is refused.'),
  samples_retention_time: duration({ min: '10m' })
    .default(6 * 3_600_000)
    .describe('How long topics of samples are kept.'),
  samples_retention_size: size({ min: '1MiB' })
    .optional()
    .describe('Bytes per partition beyond which the oldest samples go; without it, time alone decides.'),
  spread: spreadList,
  kafka: kafkaSection,
}).refine(({ driver, kafka }) => driver !== 'kafka' || kafka.brokers.length > 0, {
  path: ['kafka', 'brokers'],
  message: 'expected at least one broker with stream.driver kafka',
});
