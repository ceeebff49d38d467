import { expect, test } from '@jest/globals';
import { until, UntilError } from '../../src/launch/until.ts';

test('until returns the first truthy value', async () => {
  const values = [0, '', undefined, null, false, 'there'];
  await expect(until(() => values.shift(), { what: 'a value', intervalMs: 1 })).resolves.toBe('there');
});

test('until takes an error for not yet, and shows the last one with the detail when the time is over', async () => {
  const failing = until(() => Promise.reject(new Error('no route')), {
    what: 'the door to open',
    timeoutMs: 20,
    intervalMs: 5,
    detail: () => 'the bell rang',
  });
  await expect(failing).rejects.toThrow(UntilError);
  await expect(failing).rejects.toThrow(
    'cannot see the door to open: not within 20 ms; last error: no route\nthe bell rang',
  );
});

test('until gives up at once when there is no hope', async () => {
  let looks = 0;
  const hopeless = until(() => (looks++, false), { what: 'rain', giveUp: () => 'a desert' });
  await expect(hopeless).rejects.toThrow('cannot see rain: a desert');
  expect(looks).toBe(1);
});
