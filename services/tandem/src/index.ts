export { composeProcess, type ProcessOptions, type TandemProcess } from './compose/process.ts';
export { SERVICES, type ServiceName } from './compose/services.ts';
export { configFromText } from './config/load.ts';
export { type TandemConfig } from './config/schema.ts';
export { renderReference } from './reference/render.ts';
