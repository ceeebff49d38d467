/** All packages in one run; `npm test` picks the lanes (tools/test.mjs). */
export default {
  projects: [
    '<rootDir>/libs/{domain,codec,platform,adapters}/*/jest.config.js',
    '<rootDir>/libs/testing/jest.config.js',
    '<rootDir>/services/*/jest.config.js',
    '<rootDir>/test/*/jest.config.js',
  ],
};
