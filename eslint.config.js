import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Drivers of external systems: only adapters may know them. */
const DRIVERS = ['kafkajs', 'ioredis', 'lmdb', 'undici', 'testcontainers'];
/** What makes code impure: none of it in codec. */
const IMPURE = [...DRIVERS, 'pino', 'prom-client', 'zod', 'commander'];
/** Formats: for codecs, not for decisions. */
const FORMATS = ['yaml'];

const layer = (sourceTag, layers, bannedExternalImports = []) => ({
  sourceTag: `layer:${sourceTag}`,
  onlyDependOnLibsWithTags: layers.map((name) => `layer:${name}`),
  bannedExternalImports,
});

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/generated/**', '.nx/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-syntax': ['error', 'ExportAllDeclaration', 'ExportDefaultDeclaration', 'TSEnumDeclaration'],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: [
            layer('domain', ['domain'], [...IMPURE, ...FORMATS]),
            layer('codec', ['domain', 'codec'], IMPURE),
            layer('platform', ['platform'], DRIVERS),
            layer('adapter', ['domain', 'codec', 'platform', 'testing']),
            layer('service', ['domain', 'codec', 'platform', 'adapter', 'testing'], ['kafkajs', 'ioredis', 'lmdb']),
            layer(
              'composition',
              ['domain', 'codec', 'platform', 'adapter', 'service', 'testing'],
              ['kafkajs', 'ioredis', 'lmdb'],
            ),
            layer('testing', ['domain', 'codec']),
            layer('test', ['domain', 'codec', 'platform', 'adapter', 'testing', 'composition']),
          ],
        },
      ],
    },
  },
  {
    files: ['libs/domain/*/src/**/*.ts', 'libs/codec/*/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:(?!buffer$)', message: 'domain and codec are pure: no I/O, clock or process' },
            { regex: '^@tandem/testing', message: 'tests only' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time comes in as an argument' },
        { object: 'Math', property: 'random', message: 'randomness comes in as an argument' },
      ],
    },
  },
  {
    files: ['libs/{adapters,platform}/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^@tandem/testing', message: 'tests only' }] }],
    },
  },
  {
    files: ['**/test/**/*.ts', '**/*.{test,property,itest,e2e}.ts', 'libs/testing/src/**/*.ts'],
    ignores: ['test/{bench,long}/src/**'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'max-lines-per-function': 'off',
      'jest/no-disabled-tests': 'error',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert', 'assert*'] }],
    },
  },
  { files: ['test/bench/src/**/*.ts', 'services/tandem/src/**/*.ts'], rules: { 'no-console': 'off' } },
  prettier,
);
