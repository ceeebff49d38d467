import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { ERROR_CATALOGUE, isErrorCode, renderErrorReference, TandemError } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const CATALOGUE = join(ROOT, 'libs/platform/errors/src/catalogue.ts');

/** Every source file of the product, tests left out. */
const SOURCES = ['libs/domain', 'libs/codec', 'libs/adapters', 'libs/platform', 'services']
  .flatMap((layer) => readdirSync(join(ROOT, layer)).map((name) => join(ROOT, layer, name, 'src')))
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.ts') && file !== CATALOGUE);

/** The log's codes, which are made from its reasons. */
function logCodes(): string[] {
  const source = readFileSync(join(ROOT, 'libs/domain/stream/src/log-error.ts'), 'utf8');
  const union = /type LogErrorReason =([^;]+);/u.exec(source)?.[1] ?? '';
  return [...union.matchAll(/'([\w-]+)'/gu)].map(
    ([, reason = '']) => `TANDEM_LOG_${reason.toUpperCase().replaceAll('-', '_')}`,
  );
}

/** What the sources raise: the first argument of a TandemError, or the `code` of an error of another layer. */
function raisedCodes(): Set<string> {
  const raised = new Set(logCodes());
  for (const file of SOURCES) {
    const text = readFileSync(file, 'utf8');
    if (text.includes('TandemError(')) for (const [, code = ''] of text.matchAll(/'(TANDEM_\w+)'/gu)) raised.add(code);
    for (const [, code = ''] of text.matchAll(/\bcode(?:: string)? = '(TANDEM_\w+)'/gu)) raised.add(code);
  }
  return raised;
}

describe('the catalogue', () => {
  test('has every code that is raised, and no other', () => {
    expect([...raisedCodes()].toSorted()).toEqual(Object.keys(ERROR_CATALOGUE).toSorted());
  });

  test('says of each code what it means and what to do, in sentences', () => {
    for (const { meaning, remedy } of Object.values(ERROR_CATALOGUE)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/u);
      expect(remedy).toMatch(/^[A-Z].*\.$/u);
    }
  });

  test('is rendered as a table with a row for each code', () => {
    const rows = renderErrorReference().trimEnd().split('\n');
    expect(rows).toHaveLength(2 + Object.keys(ERROR_CATALOGUE).length);
    expect(rows.every((row) => row.split(' | ').length === 5)).toBe(true);
  });

  test('knows its own codes only, whatever is asked', () => {
    expect(isErrorCode('TANDEM_LOG_FULL')).toBe(true);
    expect([undefined, 'toString', '__proto__', 3].some(isErrorCode)).toBe(false);
  });
});

describe('an error', () => {
  test('has the category and retryability of its code, its context and its cause', () => {
    const cause = new Error('why');
    const error = new TandemError('TANDEM_LOG_FULL', 'cannot append', { cause, context: { topic: 'samples' } });
    expect(error).toMatchObject({ name: 'TandemError', category: 'limit', retryable: true, cause });
    expect(error.context).toEqual({ topic: 'samples' });
    expect('cause' in new TandemError('TANDEM_LOG_FULL', 'x')).toBe(false);
  });
});
