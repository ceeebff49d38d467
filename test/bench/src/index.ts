export { makeBodies, shapeOf, SCRAPE_INTERVAL_MS, type Body, type BodyShape, type BodySpec } from './bodies/bodies.ts';
export { AnswerReader, type Answer } from './load/answer-reader.ts';
export { parsePeak, parseStat, type CpuUsage } from './measure/process-usage.ts';
export { percentile, spreadOf, type Spread } from './measure/statistics.ts';
