import { describe, expect, test } from '@jest/globals';

import { allEnded, endOpenRuns, takeAll, withEnd } from '../src/ending.ts';

const fails = (message: string): Promise<never> => Promise.reject(new Error(message));

describe('the end of a run', () => {
  test('comes after everything under way, also where some of it has failed', async () => {
    const done: string[] = [];
    const slow = Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => done.push('slow'));
    await expect(allEnded([fails('early'), slow])).rejects.toThrow('early');
    expect(done).toEqual(['slow']);
    await expect(allEnded([Promise.resolve(1), Promise.resolve('a')])).resolves.toEqual([1, 'a']);
  });

  test('takes every step, and tells of the first that failed', async () => {
    const taken: string[] = [];
    const steps = [() => fails('one'), () => taken.push('two'), () => fails('three'), () => taken.push('four')];
    await expect(takeAll(steps)).rejects.toThrow('one');
    expect(taken).toEqual(['two', 'four']);
  });

  test('comes once: behind the work, whatever became of it, or when a test is given up', async () => {
    const ends: string[] = [];
    const end = (name: string) => (): Promise<void> => {
      ends.push(name);
      return Promise.resolve();
    };
    await withEnd(() => Promise.resolve(), end('done'));
    await expect(withEnd(() => fails('broken'), end('failed'))).rejects.toThrow('broken');
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((onResolve) => (resolve = onResolve));
    const given = withEnd(() => promise, end('given up'));
    await endOpenRuns();
    resolve();
    await given;
    await endOpenRuns();
    expect(ends).toEqual(['done', 'failed', 'given up']);
  });
});
