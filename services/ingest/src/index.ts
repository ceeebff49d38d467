export { createIngest, type IngestOptions } from './ingest.ts';
export { INGEST_METRICS } from './metrics.ts';
export { planRequest, type IncomingRequest, type Plan } from './plan.ts';
export { type Refusal, type RefusalReason } from './refusal.ts';
export { type IngestSettings } from './settings.ts';
export { ingestSection, type IngestConfig } from './config.ts';
