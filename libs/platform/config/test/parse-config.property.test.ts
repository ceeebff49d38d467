import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { z } from 'zod';

import { duration, formatProblem, parseConfig, secretKeys, section, size } from '../src/index.ts';

const schema = section({
  web: section({ port: z.int().min(0).default(1), names: z.array(z.string()).default([]) }),
  stream: section({ age: duration().prefault('1h'), bytes: size().prefault('1MiB'), ...secretKeys('password', 'X.') }),
  targets: z.array(section({ url: z.string(), labels: z.record(z.string(), z.string()).default({}) })).default([]),
});

const readFile = () => 'content';
const parse = (text: string, argv: readonly string[] = [], env: Record<string, string> = {}) =>
  parseConfig(schema, { file: 'c.yaml', text, argv, env, readFile });

/** Keys of the schema and others, so that values come to where they do not belong. */
const key = fc.oneof(
  fc.constantFrom('web', 'port', 'names', 'stream', 'age', 'password', 'password_file', 'targets', 'url', 'labels'),
  fc.constantFrom('__proto__', 'constructor', 'toString', '<<', '', '0'),
  fc.string({ maxLength: 5 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1.5, '1h', '$', '${X}', '16MiB', 'a,b'),
    fc.string({ maxLength: 5 }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
}));

describe('whatever is given, the outcome is a configuration or problems with their places', () => {
  function expectOutcome(outcome: ReturnType<typeof parse>): void {
    const lines = outcome.ok ? [] : outcome.problems.map(formatProblem);
    expect(outcome.ok || lines.length > 0).toBe(true);
    for (const line of lines) expect(line).not.toMatch(/\n|undefined|\[object/u);
  }

  test('any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\s\w:{}[\],&*!|>'"%@`#?-]*$/u)),
        (text) => {
          expectOutcome(parse(text));
        },
      ),
    );
  });

  test('any YAML', () => {
    fc.assert(
      fc.property(tree, (value) => expectOutcome(parse(stringify(value)))),
      { numRuns: 500 },
    );
  });

  test('any flags and variables', () => {
    const word = fc.oneof(
      fc.constantFrom('--web.port', '--web.names=a', '--web.port=', '--', '-', '--no-'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.array(word),
        fc.dictionary(fc.constantFrom('TANDEM_WEB_PORT', 'TANDEM_'), fc.string()),
        (argv, env) => expectOutcome(parse('', argv, env)),
      ),
    );
  });

  test.each(['['.repeat(50_000), '{a: '.repeat(50_000), '- '.repeat(50_000)])('deep nesting (%#)', (text) => {
    expectOutcome(parse(text));
  });
});
