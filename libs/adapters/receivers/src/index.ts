export { createIntegrations, type Integrations, type IntegrationsOptions } from './create-integrations.ts';
export { type Environment } from './http/proxy-rule.ts';
export { unsendableReceivers, type UnsendableReceivers } from './unsendable.ts';
