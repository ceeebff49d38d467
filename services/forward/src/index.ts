export { createForward, type ForwardOptions, type ForwardService } from './forward.ts';
export { FORWARD_METRICS } from './metrics.ts';
export { type ForwardSettings, type Target } from './settings.ts';
export { forwardSection, type ForwardConfig, type TargetConfig } from './config.ts';
