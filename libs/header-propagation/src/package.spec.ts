import * as axiosEntry from './clients/axios.js';
import * as fetchEntry from './clients/fetch.js';
import * as nodeHttpEntry from './clients/node-http.js';
import * as undiciEntry from './clients/undici.js';
import * as core from './index.js';
import * as manifestsEntry from './manifests/index.js';
import * as nest from './nest/index.js';
import * as serverEntry from './server/index.js';

describe('what the package exports', () => {
  it.each<[string, object, string[]]>([
    [
      '.',
      core,
      [
        'HeaderPropagation',
        'HeaderPropagationError',
        'bucketOf',
        'clusterLocal',
        'decodeFieldValue',
        'encodeFieldValue',
        'isFieldValue',
        'istioTracing',
      ],
    ],
    [
      './nest',
      nest,
      ['HeaderPropagation', 'HeaderPropagationInterceptor', 'HeaderPropagationModule', 'captureMiddleware'],
    ],
    ['./axios', axiosEntry, ['propagateWithAxios']],
    ['./fetch', fetchEntry, ['propagateGlobalFetch', 'propagatingFetch']],
    ['./undici', undiciEntry, ['propagationInterceptor']],
    ['./node-http', nodeHttpEntry, ['propagateNodeHttp']],
    ['./server', serverEntry, ['captureFastify', 'captureMiddleware']],
    ['./manifests', manifestsEntry, ['fromManifestSet', 'fromManifests']],
  ])('at %s', (_, entry, names) => {
    expect(Object.keys(entry).toSorted()).toEqual(names);
  });
});
