export {
  parseText,
  type ExpositionFamily,
  type ExpositionSample,
  type MetricType,
  type ParseFailure,
  type ParseResult,
} from './parse-text.ts';
