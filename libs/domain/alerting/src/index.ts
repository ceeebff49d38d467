export { compareLabelSets, compareText, fingerprint, formatLabelSet, sortedNames, type LabelSet } from './label-set.ts';
export { isClassicLabelName, isLabelName } from './label-name.ts';
export {
  anchored,
  compareMatchers,
  compileAnchored,
  createMatcher,
  formatMatcher,
  formatMatchers,
  matchesAll,
  MATCH_TYPES,
  type Matcher,
  type MatchType,
} from './matcher.ts';
export { TimeIntervals, type MutedBy, type RouteTimes } from './mute-times.ts';
export { failure, success, type Outcome } from './outcome.ts';
export { parseMatcher, parseMatchers, type MatcherMode, type ParsedMatchers } from './parse-matchers.ts';
export {
  formatMinute,
  formatRange,
  formatWeekdays,
  parseDaysOfMonth,
  parseMonths,
  parseTimeRange,
  parseWeekdays,
  parseYears,
} from './parse-time-interval.ts';
export { quote } from './quote.ts';
export {
  buildRoutes,
  DEFAULT_ROUTE_OPTIONS,
  groupOf,
  matchRoutes,
  type AlertGroup,
  type Route,
  type RouteOptions,
  type RouteSpec,
} from './route.ts';
export { type InclusiveRange, type NamedTimeIntervals, type TimeInterval, type TimeRange } from './time-interval.ts';
export { TimeZone, type WallTime } from './time-zone.ts';
