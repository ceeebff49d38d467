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
  readAnyValue,
  type ConfigOutcome,
  type ReadOptions,
} from './read-config.ts';
export { INTEGRATION_KEYS, type IntegrationKey, type ReceiverConfig } from './receivers/receiver.ts';
export { type WebhookConfig } from './receivers/webhook.ts';
export { inhibitRules, namedTimeIntervals, routeSpec } from './routing.ts';
export { type GlobalConfig } from './schema/global.ts';
export { defaultHttpConfig, type HttpConfig } from './schema/http.ts';
export { type RouteConfig } from './schema/route.ts';
export { type TlsConfig } from './schema/tls.ts';
export { MASK, SecretText } from './secret.ts';
export { type AnyValue } from './yaml/any-value.ts';
export { type Position } from './yaml/node.ts';
export { type Problem } from './yaml/problem.ts';
