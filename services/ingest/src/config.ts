import { duration, section, size, type ConfigOf } from '@tandem/config';
import { z } from 'zod';

/** Keys of `ingest` in the configuration. */
export const ingestSection = section({
  max_body_size: size({ min: '1KiB', max: '1GiB' })
    .default(32 * 1_048_576)
    .describe('Largest request body as received; a larger one is answered 413.'),
  max_decoded_size: size({ min: '1KiB', max: '1GiB' })
    .default(32 * 1_048_576)
    .describe('Largest request body once inflated; one that declares more is answered 400.'),
  max_inflight_size: size({ min: '1MiB' })
    .default(256 * 1_048_576)
    .describe('Bytes of all requests under way; beyond, requests are answered 503 with Retry-After.'),
  retry_after: z
    .int()
    .min(1)
    .max(3600)
    .default(5)
    .describe('What Retry-After says when the log cannot take a request, in seconds.'),
  max_future: duration({ min: '1s' })
    .prefault('10m')
    .describe('How far ahead of the clock samples may be; later ones are left out and answered 400.'),
  tenant_header: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header')
    .default('X-Scope-OrgID')
    .describe('Header that names the tenant of a request.'),
  default_tenant: z.string().min(1).default('anonymous').describe('Tenant of requests without that header.'),
});

/** The section as it is after parsing. */
export type IngestConfig = ConfigOf<typeof ingestSection>;
