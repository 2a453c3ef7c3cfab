import { testInstallMatrix } from './testing/install-matrix.js';

testInstallMatrix({
  nodeVersions: ['20.19.0', '22', '24', '26'],
  everyAdapter: true,
  typesWith: [10, 11, 12],
});
