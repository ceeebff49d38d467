import { expect, test } from '@jest/globals';
import { availability, isMandatory } from '../../src/launch/requirement.ts';

test('what cannot be had is told with its reason, and asked for once', async () => {
  let asked = 0;
  const need = { name: 'gold', acquire: () => Promise.reject(new Error(`no mine (${++asked})`)) };
  const expected = { name: 'gold', missing: 'no mine (1)' };
  await expect(Promise.all([availability(need), availability(need)])).resolves.toEqual([expected, expected]);
  await expect(availability({ name: 'gold', acquire: () => Promise.resolve() })).resolves.toEqual({
    name: 'gold',
    missing: undefined,
  });
});

test.each([
  [{}, false],
  [{ CI: 'true' }, true],
  [{ CI: 'false' }, false],
  [{ TANDEM_REQUIRE: 'kafka, redis' }, true],
  [{ TANDEM_REQUIRE: 'kafka' }, false],
  [{ TANDEM_REQUIRE: 'all' }, true],
])('with %j doing without redis is a failure: %s', (env, mandatory) => {
  expect(isMandatory({ name: 'redis' }, env)).toBe(mandatory);
});

test('what not everybody can have is mandatory by its name alone', () => {
  const need = { name: 'prometheus-3', optional: true };
  expect(isMandatory(need, { CI: 'true' })).toBe(false);
  expect(isMandatory(need, { CI: 'true', TANDEM_REQUIRE: 'prometheus-3' })).toBe(true);
});
