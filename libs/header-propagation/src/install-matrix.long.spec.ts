import { testInstallMatrix } from './testing/install-matrix.js';

testInstallMatrix({ nodeVersions: ['20.19.0', '26'], everyAdapter: false, typesWith: [11] });
