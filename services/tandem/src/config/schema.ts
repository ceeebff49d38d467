import { address, section, type ConfigOf } from '@tandem/config';
import { dedupSection } from '@tandem/dedup/config';
import { forwardSection } from '@tandem/forward/config';
import { ingestSection } from '@tandem/ingest/config';
import { LOG_FORMATS, LOG_LEVELS } from '@tandem/telemetry';
import { z } from 'zod';

import { alertsSection } from './alerts-section.ts';
import { leaseSection } from './lease-section.ts';
import { streamSection } from './stream-section.ts';

const webSection = section({
  listen_address: address()
    .optional()
    .describe('Where to listen. Default: up :9460, ingest :9461, dedup :9462, forward :9464.'),
  enable_lifecycle: z
    .boolean()
    .default(false)
    .describe('Whether POST /-/reload reads the configuration again. SIGHUP always does.'),
});

const storageSection = section({
  path: z.string().min(1).default('data').describe('Directory of the embedded log and the embedded leases.'),
});

const logSection = section({
  level: z.enum(LOG_LEVELS).default('info').describe('Least level of the lines that are logged.'),
  format: z.enum(LOG_FORMATS).default('logfmt').describe('How log lines are written.'),
});

/** The whole configuration, without the services it is for: each command reads it, and few run them all; `tandem.yaml`, flags and environment all read this. */
export const tandemSchema = section({
  web: webSection,
  log: logSection,
  storage: storageSection,
  stream: streamSection,
  lease: leaseSection,
  ingest: ingestSection,
  dedup: dedupSection,
  forward: forwardSection,
  alerts: alertsSection,
});

/** The configuration as it is after parsing. */
export type TandemConfig = ConfigOf<typeof tandemSchema>;
