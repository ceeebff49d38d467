import fc from 'fast-check';

import { JSON_TYPE, type ApiRequest } from './request.ts';

const START = '2026-01-01T00:00:00Z';
/** Long over, so that nothing of it is shown to others. */
const END = '2026-01-02T00:00:00Z';

/** Texts near to JSON: its signs, in any order. No null: an alert that is null ends the connection upstream. */
const nearlyJson = fc
  .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'u00e9', 'nul', 'tru', '0', '-1.5e3', '.', ' ', 'é'))
  .map((parts) => `[${parts.join('')}`);

/** Of any type, null too. */
const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({}),
  fc.constant([]),
  fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxKeys: 1 }),
);

/** Of several names that are none any one is told of upstream: no more than one at once. */
const labels = fc.oneof(
  { weight: 3, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'ü'), fc.string({ maxLength: 3 })) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('a', ''), fc.string({ maxLength: 3 })) },
  { weight: 1, arbitrary: anything },
);

const spelledTime = fc.oneof(
  fc.constantFrom(START, END, ''),
  fc
    .array(fc.constantFrom('2026', '-', '01', '31', 'T', ' ', ':', '.', ',5', '123', 'Z', '+', '02:00', '0', 'x'))
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom('.5', ',12', '.123', '.123000', ''),
      fc.constantFrom('Z', '+0200', '-24:00', '+25:00', '', 'z'),
    )
    .map(([fraction, zone]) => `2026-01-01T01:02:03${fraction}${zone}`),
);
const time = fc.oneof(
  { weight: 3, arbitrary: spelledTime },
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: fc.constant('0001-01-01T00:00:00Z') },
);
/** Always there, and past: an alert that lasts from now on would be shown to requests that follow. */
const end = fc.oneof(
  { weight: 4, arbitrary: spelledTime },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.boolean(), fc.constant({})) },
);

const uri = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        'http:',
        '//',
        '/',
        'host',
        ':',
        '80',
        '@',
        '[',
        ']',
        '::1',
        '%',
        '%41',
        '%zz',
        '?',
        '#',
        ' ',
        'ü',
      ),
    )
    .map((parts) => parts.join('')),
  anything,
);

const alert = fc.record(
  {
    labels,
    annotations: labels,
    startsAt: time,
    endsAt: end,
    generatorURL: uri,
    LABELS: fc.dictionary(fc.constantFrom('a', 'b'), fc.string({ maxLength: 3 })),
    other: anything,
  },
  { requiredKeys: ['labels', 'endsAt'] },
);

const matcher = fc.record(
  {
    name: fc.oneof(fc.constantFrom('a', '', 'ü'), anything),
    value: fc.oneof(fc.constantFrom('x', '', '(', 'a|b', '.*'), anything),
    isRegex: fc.oneof(fc.boolean(), anything),
    isEqual: fc.oneof(fc.boolean(), anything),
  },
  { requiredKeys: ['name', 'value'] },
);

const silence = fc.record(
  {
    id: fc.oneof(fc.constantFrom('', 'x'), anything),
    matchers: fc.oneof(
      { weight: 4, arbitrary: fc.array(matcher, { maxLength: 2 }) },
      { weight: 1, arbitrary: anything },
    ),
    startsAt: time,
    // Never in the future: what is set would be there for others.
    endsAt: time,
    createdBy: anything,
    comment: anything,
    annotations: labels,
  },
  { requiredKeys: ['matchers'] },
);

const posted = (path: string, body: fc.Arbitrary<unknown>): fc.Arbitrary<ApiRequest> =>
  body.map((value) => ({
    method: 'POST',
    path: `/api/v2${path}`,
    headers: JSON_TYPE,
    body: typeof value === 'string' ? value : JSON.stringify(value),
  }));

const filterText = fc
  .array(
    fc.constantFrom('a', 'ü', '=', '!=', '=~', '!~', '!', '"', '\\', '\\n', '{', '}', ',', ' ', '(', '|', '.', "'"),
  )
  .map((parts) => parts.join(''));

const read: fc.Arbitrary<ApiRequest> = fc
  .tuple(
    fc.constantFrom('/alerts', '/alerts/groups', '/silences', '/receivers'),
    fc.constantFrom('filter', 'receiver', 'receiver_matchers', 'active'),
    filterText,
  )
  .map(([path, name, value]) => ({ method: 'GET', path: `/api/v2${path}?${name}=${encodeURIComponent(value)}` }));

/** Requests as nobody writes them. */
export const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  posted('/alerts', nearlyJson),
  posted('/alerts', fc.array(alert, { maxLength: 3 })),
  posted('/silences', silence),
  read,
);
