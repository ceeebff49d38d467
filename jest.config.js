/** All packages in one run; `npm test` picks the lanes (tools/test.mjs). */
export default {
  // For machines under load; no test asserts by it how fast something is.
  testTimeout: 60_000,
  projects: [
    '<rootDir>/libs/{domain,codec,platform,adapters}/*/jest.config.js',
    '<rootDir>/libs/testing/jest.config.js',
    '<rootDir>/services/*/jest.config.js',
    '<rootDir>/test/*/jest.config.js',
  ],
};
