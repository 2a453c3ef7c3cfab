/** What is mutated, and the tests that are asked about it: globs from the root of the repository. */
export interface MutatedProject {
  mutate: string[];
  /** Only tests that run the sources in their own process: a process of its own runs what is built, where no mutant is. */
  tests: string[];
}

const notTests = ['!**/*.spec.ts', '!**/testing/**', '!**/index.ts'];
const testsOfProxy = [
  'apps/local-mesh/src/{proxy,rules,telemetry}/**/*.spec.ts',
  'conformance/local-mesh.spec.ts',
];

export const projects: Record<string, MutatedProject> = {
  'traffic-rules': {
    mutate: ['libs/traffic-rules/src/**/*.ts', '!**/*.generated.ts', ...notTests],
    // Random texts take long and are after crashes alone.
    tests: [
      'libs/traffic-rules/src/!(hostile-input|rooms).spec.ts',
      'libs/traffic-rules/src/*/**/*.spec.ts',
      'conformance/{engine,compile,reports}.spec.ts',
    ],
  },
  // What becomes of a request and its headers, whatever carries them.
  'local-mesh': {
    mutate: ['apps/local-mesh/src/proxy/{exchange,headers,message}/**/*.ts', ...notTests],
    tests: testsOfProxy,
  },
  'local-mesh-connections': {
    mutate: [
      'apps/local-mesh/src/proxy/*.ts',
      'apps/local-mesh/src/proxy/{downstream,http1,http2,upstream}/**/*.ts',
      ...notTests,
    ],
    tests: testsOfProxy,
  },
  release: {
    mutate: ['libs/release/src/**/*.ts', ...notTests],
    tests: ['libs/release/src/**/*.spec.ts', 'k8s/custom-resource.spec.ts'],
  },
  'release-loop': {
    mutate: ['libs/release-loop/src/**/*.ts', ...notTests],
    tests: ['libs/release-loop/src/**/*.spec.ts'],
  },
  'manifest-files': {
    mutate: ['libs/manifest-files/src/**/*.ts', ...notTests],
    tests: ['libs/manifest-files/src/**/*.spec.ts'],
  },
  'header-propagation': {
    mutate: ['libs/header-propagation/src/**/*.ts', ...notTests],
    tests: ['libs/header-propagation/src/**/*.spec.ts'],
  },
  grayscale: {
    mutate: ['apps/grayscale/src/**/*.ts', '!apps/grayscale/src/main.ts', ...notTests],
    // The copy that is tested is no repository, whose files those of `plan` ask git for.
    tests: ['apps/grayscale/src/**/!(plan).spec.ts'],
  },
};
