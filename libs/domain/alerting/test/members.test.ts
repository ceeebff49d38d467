import { describe, expect, it } from '@jest/globals';

import { MemberTable, type Member } from '../src/index.ts';

const member = (name: string, life = '1'): Member => ({
  name,
  life,
  address: `${name}:9094`,
  configHash: '',
  version: '',
});

describe('members of a cluster (C1)', () => {
  const table = new MemberTable(2000);
  table.heard(member('c'), 1000);
  table.heard(member('a'), 2000);
  table.heard(member('b'), 2500);

  it('are those heard within the timeout, by name', () => {
    expect(table.live(2999).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(table.live(3000).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('have the place of their name among the live ones', () => {
    expect(['a', 'b', 'c'].map((name) => table.positionOf(name, 2999))).toEqual([0, 1, 2]);
    expect(table.positionOf('c', 4200)).toBe(1);
  });

  it('keep their place when they come back with another life', () => {
    table.heard(member('a', '2'), 4000);
    expect(table.live(4100)).toEqual([member('a', '2'), member('b')]);
    expect(table.lastHeardMs()).toBe(4000);
  });

  it('are gone at once when they say so', () => {
    table.left('a', 1200);
    expect(table.positionOf('b', 4100)).toBe(0);
  });

  it('were never heard where there are none', () => {
    expect(new MemberTable(1).lastHeardMs()).toBeUndefined();
  });
});
