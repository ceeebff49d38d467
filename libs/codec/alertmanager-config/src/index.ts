export { type AlertmanagerConfig } from './alertmanager-config.ts';
export { parseGoDuration } from './go/go-duration.ts';
export { formatGoUrl, type GoUrl } from './go/go-url.ts';
export { formatPrometheusDuration } from './go/prometheus-duration.ts';
export { TEMPLATE_FUNCTIONS, templateProblem } from './go/template-syntax.ts';
export { receiversOf } from './inherit.ts';
export { type ResolvePath } from './paths.ts';
export {
  formatAlertmanagerConfig,
  readAlertmanagerConfig,
  type ConfigOutcome,
  type ReadOptions,
} from './read-config.ts';
export { INTEGRATION_KEYS, type IntegrationKey, type ReceiverConfig } from './receivers/receiver.ts';
export { namedTimeIntervals, routeSpec } from './routing.ts';
export { type GlobalConfig } from './schema/global.ts';
export { type RouteConfig } from './schema/route.ts';
export { SecretText } from './secret.ts';
export { type Position } from './yaml/node.ts';
export { type Problem } from './yaml/problem.ts';
