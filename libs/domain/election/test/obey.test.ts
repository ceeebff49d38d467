import { describe, expect, test } from '@jest/globals';

import { ElectionTable, type OperatorCommand } from '../src/index.ts';
import { ClusterLog, settingsOf } from './cluster-log.ts';

const NAME = { tenant: 'user', cluster: 'user/c' };
const failover = (replica: string): OperatorCommand => ({ kind: 'failover', replica });
const pin = (replica: string): OperatorCommand => ({ kind: 'pin', replica });
const RELEASE: OperatorCommand = { kind: 'release' };

/** A cluster in which a is elected and b its standby, at 1 s. */
function pair(): ClusterLog {
  const log = new ClusterLog(settingsOf(15, 30));
  log.check(0, 'c/a');
  log.check(1, 'c/b');
  return log;
}

describe('commands of an operator', () => {
  test('failover elects the other replica at once, with the next epoch', () => {
    const log = pair();
    expect(log.table.obey(NAME, failover('b'))).toMatchObject({
      outcome: 'elected',
      state: { epoch: 2, replica: 'b', pinned: false },
      effect: { kind: 'elect', election: { reason: 'operator', previous: { replica: 'a', receivedAtMs: 0 } } },
    });
    expect([log.check(2, 'c/a'), log.check(2, 'c/b')]).toEqual(['dup', 'ok']);
  });

  test('E19: a pinned replica is succeeded by nobody until it is released', () => {
    const log = pair();
    expect(log.table.obey(NAME, pin('a'))).toMatchObject({ outcome: 'pinned', effect: { kind: 'announce' } });
    for (let second = 2; second < 200; second += 2) expect(log.check(second, 'c/b')).toBe('dup');
    expect(log.table.obey(NAME, RELEASE)).toMatchObject({ outcome: 'released', effect: { kind: 'announce' } });
    expect(log.check(200, 'c/b')).toBe('ok');
  });

  test('pin of another replica elects it', () => {
    expect(pair().table.obey(NAME, pin('b'))).toMatchObject({
      outcome: 'pinned',
      state: { replica: 'b', pinned: true },
    });
  });

  test('while one is pinned, another is refused', () => {
    const log = pair();
    log.table.obey(NAME, pin('a'));
    for (const command of [failover('b'), pin('b')]) {
      expect(log.table.obey(NAME, command)).toMatchObject({ outcome: 'other-pinned', state: { replica: 'a' } });
    }
  });

  test.each([
    ['failover to the elected one', failover('a')],
    ['release of nobody', RELEASE],
  ])('%s changes nothing', (_name, command) => {
    const log = pair();
    const before = log.table.get('user/c');
    expect(log.table.obey(NAME, command)).toEqual({ outcome: 'unchanged', state: before });
  });

  test('pinning twice changes nothing the second time', () => {
    const log = pair();
    log.table.obey(NAME, pin('a'));
    expect(log.table.obey(NAME, pin('a')).outcome).toBe('unchanged');
  });

  test('a cluster with nobody elected has nothing to command', () => {
    expect(new ElectionTable(settingsOf(15, 30)).obey(NAME, pin('a'))).toEqual({
      outcome: 'no-cluster',
      state: undefined,
    });
  });

  test('E20: a replica nobody has heard is elected all the same, so that a restart cannot change the outcome', () => {
    expect(pair().table.obey(NAME, failover('never-heard')).outcome).toBe('elected');
  });
});
