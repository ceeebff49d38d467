/** A file that must be refused: what is said, and where. */
export interface BadFile {
  readonly name: string;
  readonly text: string;
  /** Part of the message; in upstream's words where it has some. */
  readonly says: string;
  /** Line and column. */
  readonly at: string;
}

/** A file whose root route sends to `team`, which has these integrations. */
export function receiving(integrations: string): string {
  const indented = integrations
    .trim()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
  return `route:\n  receiver: team\nreceivers:\n  - name: team\n${indented}`;
}

/** A file with a root route that says more, and what else stands beside it. */
export function routing(lines: string, beside = ''): string {
  const indented = lines
    .trim()
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
  return `route:\n  receiver: team\n${indented}receivers:\n  - name: team\n${beside}`;
}

/** A file that must be refused. */
export const bad = (name: string, text: string, says: string, at: string): BadFile => ({ name, text, says, at });

const TOP: readonly BadFile[] = [
  bad('nothing at all', '', 'no route provided in config', '1:1'),
  bad('comments alone', '# later\n', 'no route provided in config', '1:1'),
  bad('no route', 'receivers:\n  - name: team\n', 'no routes provided', '1:1'),
  bad('a list', '- a\n- b\n', 'cannot unmarshal !!seq', '1:1'),
  bad('an unknown key', `${routing('continue: false')}rules: []\n`, 'field rules not found', '6:1'),
  bad(
    'a key twice',
    'route:\n  receiver: a\n  receiver: b\nreceivers: [{name: a}]\n',
    'field receiver already set',
    '3:3',
  ),
  bad('not YAML', 'route: [\n', 'yaml: ', '2:1'),
  bad('a tab for indentation', 'route:\n\treceiver: a\n', 'yaml: ', '2:1'),
  bad('an anchor nobody set', 'route: *missing\n', "unknown anchor 'missing' referenced", '1:8'),
  bad('an anchor within itself', 'route: &a\n  routes:\n    - *a\n', "anchor 'a' value contains itself", '3:7'),
  bad(
    'a merge of text',
    'route:\n  <<: text\n  receiver: a\n',
    'map merge requires map or sequence of maps as the value',
    '2:7',
  ),
  bad(
    'templates that are no list',
    routing('continue: false', 'templates: a.tmpl\n'),
    'cannot unmarshal !!str `a.tmpl` into',
    '6:12',
  ),
];

const ROUTES: readonly BadFile[] = [
  bad(
    'no receiver',
    'route:\n  group_by: [a]\nreceivers: [{name: a}]\n',
    'root route must specify a default receiver',
    '2:3',
  ),
  bad(
    'an unknown receiver',
    'route:\n  receiver: b\nreceivers: [{name: a}]\n',
    'undefined receiver "b" used in route',
    '2:3',
  ),
  bad(
    'an unknown receiver below',
    routing('routes:\n  - receiver: other'),
    'undefined receiver "other" used in route',
    '4:7',
  ),
  bad('matchers at the root', routing('matchers: [a=b]'), 'root route must not have any matchers', '3:3'),
  bad('match at the root', routing('match: {a: b}'), 'root route must not have any matchers', '3:3'),
  bad('match_re at the root', routing('match_re: {a: b}'), 'root route must not have any matchers', '3:3'),
  bad('continue at the root', routing('continue: true'), 'cannot have continue in root route', '3:3'),
  bad(
    'mute times at the root',
    routing('mute_time_intervals: [x]', 'time_intervals: [{name: x}]\n'),
    'root route must not have any mute time intervals',
    '3:3',
  ),
  bad(
    'active times at the root',
    routing('active_time_intervals: [x]', 'time_intervals: [{name: x}]\n'),
    'root route must not have any active time intervals',
    '3:3',
  ),
  bad(
    'unknown mute times',
    routing('routes:\n  - mute_time_intervals: [x]'),
    'undefined time interval "x" used in route',
    '4:7',
  ),
  bad(
    'unknown active times',
    routing('routes:\n  - active_time_intervals: [x]'),
    'undefined time interval "x" used in route',
    '4:7',
  ),
  bad('group_interval 0', routing('group_interval: 0s'), 'group_interval cannot be zero', '3:3'),
  bad('repeat_interval 0', routing('repeat_interval: 0'), 'repeat_interval cannot be zero', '3:3'),
  bad('a duration with a fraction', routing('group_wait: 1.5h'), 'unknown unit "." in duration "1.5h"', '3:15'),
  bad('a duration without a unit', routing('group_wait: 30'), 'not a valid duration string: "30"', '3:15'),
  bad('a duration in disorder', routing('group_wait: 1s1m'), 'not a valid duration string: "1s1m"', '3:15'),
  bad('an empty duration', routing('group_wait: ""'), 'empty duration string', '3:15'),
  bad('a label twice', routing('group_by: [a, b, a]'), 'duplicated label "a" in group_by', '3:3'),
  bad(
    'every label and another',
    routing("group_by: ['...', a]"),
    'cannot have wildcard group_by (`...`) and other labels at the same time',
    '3:3',
  ),
  bad('a label without a name', routing("group_by: ['']"), 'invalid label name "" in group_by list', '3:3'),
  bad('group_by a text', routing('group_by: a'), 'cannot unmarshal !!str `a` into', '3:13'),
  bad('a text for continue', routing('continue: maybe'), 'cannot unmarshal !!str `maybe` into', '3:13'),
  bad(
    'a long text for continue',
    routing('continue: "perhaps later"'),
    'cannot unmarshal !!str `perhaps...` into',
    '3:13',
  ),
  bad('match of UTF-8', routing('routes: [{match: {ü: b}}]'), 'invalid label name "ü"', '3:13'),
  bad('match_re without a value', routing('routes: [{match_re: {a: }}]'), 'invalid regexp value for "a"', '3:23'),
  bad(
    'a regular expression',
    routing('routes: [{match_re: {a: "("}}]'),
    'error parsing regexp: missing closing ): `^(?:()$`',
    '3:27',
  ),
  bad(
    'a look-ahead',
    routing('routes: [{matchers: [\'a=~"(?!b)"\']}]'),
    'error parsing regexp: invalid or unsupported Perl syntax',
    '3:24',
  ),
  bad('a matcher', routing('routes: [{matchers: [a]}]'), 'bad matcher format: a', '3:24'),
  bad(
    'a matcher with half a quote',
    routing("routes: [{matchers: ['a=\"b']}]"),
    'matcher value contains unescaped double quote: "b',
    '3:24',
  ),
  bad('matchers in one text', routing('routes: [{matchers: a=b}]'), 'cannot unmarshal !!str `a=b` into', '3:23'),
  bad('a label of a route', routing('labels: {"": b}'), '"" is not a valid label name', '3:11'),
  bad('two routes in one mapping', routing('routes: {receiver: team}'), 'cannot unmarshal !!map into', '3:11'),
  bad(
    'a receiver of several lines is no list',
    routing('routes: []\nreceiver: [a]'),
    'field receiver already set',
    '4:3',
  ),
];

const NAMES: readonly BadFile[] = [
  bad(
    'a receiver twice',
    'route: {receiver: a}\nreceivers:\n  - name: a\n  - name: a\n',
    'notification config name "a" is not unique',
    '4:5',
  ),
  bad(
    'a receiver without a name',
    'route: {receiver: a}\nreceivers:\n  - name: a\n  - labels: {a: b}\n',
    'missing name in receiver',
    '4:5',
  ),
  bad(
    'a receiver of another name',
    'route: {receiver: a}\nreceivers:\n  - name: a\n    labels: {name: b}\n',
    'receiver label "name" must match receiver name "a", got "b"',
    '4:5',
  ),
  bad(
    'times twice',
    routing('continue: false', 'time_intervals:\n  - name: x\n  - name: x\n'),
    'time interval "x" is not unique',
    '8:5',
  ),
  bad(
    'mute times twice',
    routing('continue: false', 'mute_time_intervals:\n  - name: x\n  - name: x\n'),
    'mute time interval "x" is not unique',
    '8:5',
  ),
  bad(
    'times and mute times of one name',
    routing('continue: false', 'mute_time_intervals: [{name: x}]\ntime_intervals: [{name: x}]\n'),
    'time interval "x" is not unique',
    '7:19',
  ),
  bad(
    'times without a name',
    routing('continue: false', 'time_intervals: [{time_intervals: []}]\n'),
    'missing name in time interval',
    '6:18',
  ),
  bad(
    'mute times without a name',
    routing('continue: false', 'mute_time_intervals: [{time_intervals: []}]\n'),
    'missing name in mute time interval',
    '6:23',
  ),
];

const times = (interval: string): string =>
  routing('continue: false', `time_intervals:\n  - name: x\n    time_intervals:\n      - ${interval}\n`);

const TIMES: readonly BadFile[] = [
  bad(
    'a clock of 25 hours',
    times('times: [{start_time: "09:00", end_time: "25:00"}]'),
    "couldn't parse timestamp 25:00, invalid format",
    '9:17',
  ),
  bad(
    'a clock that is a number',
    times('times: [{start_time: 9:00, end_time: "10:00"}]'),
    "couldn't parse timestamp 9:00, invalid format",
    '9:17',
  ),
  bad(
    'a time without an end',
    times('times: [{start_time: "09:00"}]'),
    'both start and end times must be provided',
    '9:17',
  ),
  bad(
    'a time that ends before it starts',
    times('times: [{start_time: "10:00", end_time: "09:00"}]'),
    'start time cannot be equal or greater than end time',
    '9:17',
  ),
  bad('a key of times', times('times: [{start: "10:00"}]'), 'field start not found', '9:18'),
  bad('a weekday', times('weekdays: [funday]'), 'funday is not a valid weekday', '9:20'),
  bad('a week over Sunday', times("weekdays: ['saturday:monday']"), 'start day cannot be before end day', '9:20'),
  bad(
    'a range of three',
    times("weekdays: ['monday:tuesday:friday']"),
    "couldn't parse range monday:tuesday:friday, invalid format",
    '9:20',
  ),
  bad('day 0', times("days_of_month: ['0']"), '0 is not a valid day of the month: out of range', '9:25'),
  bad('day 32', times("days_of_month: ['1:32']"), '32 is not a valid day of the month: out of range', '9:25'),
  bad(
    'days from the end to the beginning',
    times("days_of_month: ['-3:5']"),
    'end day must be negative if start day is negative',
    '9:25',
  ),
  bad('days in disorder', times("days_of_month: ['10:5']"), 'end day 5 is always before start day 10', '9:25'),
  bad(
    'days in disorder from both ends',
    times("days_of_month: ['29:-1']"),
    'end day -1 is always before start day 29',
    '9:25',
  ),
  bad('a day that is none', times("days_of_month: ['first']"), 'strconv.Atoi: parsing "first": invalid syntax', '9:25'),
  bad('a month', times('months: [brumaire]'), 'brumaire is not a valid month', '9:18'),
  bad('months in disorder', times("months: ['may:march']"), 'end month march is before start month may', '9:18'),
  bad('years in disorder', times("years: ['2030:2020']"), 'end year 2020 is before start year 2030', '9:17'),
  bad('a location', times('location: Atlantis/Capital'), 'unknown time zone Atlantis/Capital', '9:19'),
  bad('an unknown key', times('holidays: [x]'), 'field holidays not found', '9:9'),
];

const rule = (text: string): string => routing('continue: false', `inhibit_rules:\n  - ${text}\n`);

const RULES: readonly BadFile[] = [
  bad('a label that must be equal', rule("equal: ['']"), 'invalid label name "" in equal list', '7:5'),
  bad('source_match of UTF-8', rule('source_match: {ü: b}'), 'invalid label name "ü"', '7:5'),
  bad('target_match of UTF-8', rule('target_match: {ü: b}'), 'invalid label name "ü"', '7:5'),
  bad('source_match_re without a value', rule('source_match_re: {a: }'), 'invalid regexp value for "a"', '7:22'),
  bad('target_match_re of UTF-8', rule('target_match_re: {ü: b}'), 'invalid label name "ü"', '7:22'),
  bad('an unknown key', rule('sources: []'), 'field sources not found', '7:5'),
  bad('a matcher', rule('source_matchers: [a]'), 'bad matcher format: a', '7:23'),
];

/** Routes, names, time intervals and inhibition rules. */
export const BAD_FILES: readonly BadFile[] = [...TOP, ...ROUTES, ...NAMES, ...TIMES, ...RULES];
