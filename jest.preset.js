/** Unit tests and integration tests of one package; lanes are chosen by file name (see CONTRIBUTING). */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.{test,property,itest,e2e}.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@tandem/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  // For machines under load; no test asserts by it how fast something is.
  testTimeout: 60_000,
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
