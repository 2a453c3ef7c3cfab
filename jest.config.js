/** Jest with native ES modules: a CommonJS transform cannot load Nest 12. */
const base = {
  rootDir: import.meta.dirname,
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@grayscale/source', 'node', 'node-addons'] },
  reporters: ['default', '<rootDir>/tools/count-reporter.js'],
};

/** The suites: what runs on any machine in minutes, what takes longer, what takes hours, what needs a browser, and what needs an API server. */
const suites = {
  unit: {
    testMatch: ['**/*.spec.ts'],
    testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(?:long|soak|e2e|cluster)\\.spec\\.ts$'],
    // A loaded machine is slow to start processes; a test that hangs still ends.
    testTimeout: 60_000,
    // One for each core: much of the time is spent waiting for processes and sockets.
    maxWorkers: '100%',
  },
  long: { testMatch: ['**/*.long.spec.ts'], testTimeout: 600_000, maxWorkers: 1 },
  soak: { testMatch: ['**/*.soak.spec.ts'], testTimeout: 6 * 3_600_000, maxWorkers: 1 },
  // An API server may take two minutes to be ready on a busy machine.
  cluster: { testMatch: ['**/*.cluster.spec.ts'], testTimeout: 300_000, maxWorkers: 1 },
  e2e: { testMatch: ['**/*.e2e.spec.ts'], testTimeout: 120_000, maxWorkers: 1 },
};

export default { ...base, ...suites[process.env.SUITE ?? 'unit'] };
