export { isResolved, type Alert } from './alerts/alert.ts';
export { AlertTable, type FoldedAlert } from './alerts/alert-table.ts';
export { mergeAlerts, receiveAgain } from './alerts/merge-alerts.ts';
export { takeAlert, type IntakeSettings, type PostedAlert } from './alerts/take-alert.ts';
export { GroupOpenings, isSameOpening, type GroupOpening } from './groups/group-openings.ts';
export { GroupTable, type FlushedAlert, type Group, type GroupPlace } from './groups/group-table.ts';
export { firstTickMs, flushTimeoutMs, tickAfter, tickBefore, type GroupBeat } from './groups/group-ticks.ts';
export { sortAlerts } from './groups/sort-alerts.ts';
export { Inhibitor, type InhibitedBy, type InhibitRule } from './inhibition/inhibitor.ts';
export { MemberTable, type HeardMember, type Member } from './members/member-table.ts';
export { ownerOf } from './members/owner-of.ts';
export { alertHash } from './notifications/alert-hash.ts';
export {
  applyNotification,
  isUncertain,
  standingOf,
  type Claim,
  type NotificationRecord,
  type Standing,
  type TargetState,
} from './notifications/claim.ts';
export {
  decideNotification,
  type Flush,
  type NotificationDecision,
  type NotificationReason,
  type SkipReason,
} from './notifications/decide-notification.ts';
export {
  entryExpiresAtMs,
  newerEntry,
  notificationKey,
  type NotificationEntry,
  type NotificationTarget,
  type ReceiverData,
} from './notifications/notification-entry.ts';
export {
  type FailureReason,
  type Integration,
  type Notification,
  type SendOutcome,
} from './notifications/integration.ts';
export { suppress, type Suppressed, type Suppression, type Suppressors } from './notifications/suppress.ts';
export {
  newerSilence,
  silenceForgottenAtMs,
  silences,
  silenceState,
  type Silence,
  type SilenceState,
} from './silences/silence.ts';
export { SilenceTable } from './silences/silence-table.ts';
export {
  checkSilence,
  expireSilence,
  setSilence,
  type SilenceChange,
  type WantedMatcher,
  type WantedSilence,
} from './silences/set-silence.ts';
export {
  compareLabelSets,
  compareText,
  fingerprint,
  formatLabelSet,
  sortedNames,
  type LabelSet,
} from './labels/label-set.ts';
export { isClassicLabelName, isLabelName, type MatcherMode } from './labels/label-name.ts';
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
} from './matchers/matcher.ts';
export { TimeIntervals, type MutedBy, type RouteTimes } from './times/mute-times.ts';
export { failure, success, type Outcome } from './outcome.ts';
export { parseMatcher, parseMatchers, type ParsedMatchers } from './matchers/parse-matchers.ts';
export {
  formatMinute,
  formatRange,
  formatWeekdays,
  parseDaysOfMonth,
  parseMonths,
  parseTimeRange,
  parseWeekdays,
  parseYears,
} from './times/parse-time-interval.ts';
export { quote } from './labels/quote.ts';
export {
  buildRoutes,
  DEFAULT_ROUTE_OPTIONS,
  groupOf,
  matchRoutes,
  type AlertGroup,
  type Route,
  type RouteOptions,
  type RouteSpec,
} from './routing/route.ts';
export {
  type InclusiveRange,
  type NamedTimeIntervals,
  type TimeInterval,
  type TimeRange,
} from './times/time-interval.ts';
export { TimeZone, type WallTime } from './times/time-zone.ts';
