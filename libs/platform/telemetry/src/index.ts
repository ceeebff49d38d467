export { createLogger, type LogDestination, type LoggerOptions, type LogStyle } from './create-logger.ts';
export { formatLogfmt } from './logfmt.ts';
export {
  LOG_FORMATS,
  LOG_LEVELS,
  NO_LOGGER,
  type LogFields,
  type LogFormat,
  type Logger,
  type LogLevel,
  type RootLogger,
} from './logger.ts';
export {
  counter,
  gauge,
  histogram,
  type CounterDefinition,
  type GaugeDefinition,
  type HistogramDefinition,
  type MetricDefinition,
  type MetricDefinitions,
  type MetricText,
} from './metric-definition.ts';
export {
  BUILD_METRICS,
  createMetrics,
  type Instrument,
  type Instruments,
  type Metrics,
  type MetricsOptions,
} from './metrics.ts';
export { throttleLogger, type ThrottleOptions } from './throttled-logger.ts';
