export { type ClusterStatus, type DedupStatus } from '@tandem/dedup';

export { composeProcess, type ProcessOptions, type TandemProcess } from './compose/process.ts';
export { SERVICES, type ServiceName } from './compose/services.ts';
export { configFromText } from './config/load.ts';
export { type TandemConfig } from './config/schema.ts';
export { HTTP_ROUTES, type DocumentedRoute } from './reference/http.ts';
export { renderReference } from './reference/render.ts';
