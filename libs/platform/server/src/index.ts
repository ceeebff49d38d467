export {
  type BodyOutcome,
  type BodyRefusal,
  type Handler,
  type HttpRequest,
  type HttpResponse,
  type ReadinessCheck,
  type Route,
} from './http.ts';
export { SERVER_METRICS } from './metrics.ts';
export { type HttpServer, type ListenAddress, type ServerOptions } from './options.ts';
export { createServer } from './server.ts';
export { reloadRoute, type ReloadAnswer, type ReloadRouteOptions } from './reload-route.ts';
export { type ServerSecurity, type ServerTls } from './security/server-security.ts';
