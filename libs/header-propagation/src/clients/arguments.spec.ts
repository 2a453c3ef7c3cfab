import axios from 'axios';
import { bucketOf, HeaderPropagation } from '../index.js';
import { HeaderPropagationModule } from '../nest/index.js';
import { captureFastify, captureMiddleware } from '../server/index.js';
import { propagateWithAxios } from './axios.js';
import { propagateGlobalFetch, propagatingFetch } from './fetch.js';
import { propagateNodeHttp } from './node-http.js';
import { propagationInterceptor } from './undici.js';

const propagation = new HeaderPropagation({ rules: ['user'] });

/** What every request would stumble over later is said where it is written. */
const connections: Record<string, (value: never) => unknown> = {
  propagateWithAxios: (value) => propagateWithAxios(value, axios.create()),
  propagatingFetch: (value) => propagatingFetch(value),
  propagateGlobalFetch: (value) => propagateGlobalFetch(value),
  propagationInterceptor: (value) => propagationInterceptor(value),
  propagateNodeHttp: (value) => propagateNodeHttp(value),
  captureMiddleware: (value) => captureMiddleware(value),
  captureFastify: (value) => captureFastify(value),
};
const wrong = [undefined, null, {}, { rules: ['user'] }, 'user', HeaderPropagation, axios];

describe.each(Object.entries(connections))('%s', (name, connect) => {
  it.each(wrong)('takes no %p for a propagation', (value) => {
    const { fetch } = globalThis;
    const message = expect.stringMatching(
      new RegExp(`^${name}: .* is not a HeaderPropagation\\. Write new HeaderPropagation\\(`),
    );
    expect(() => connect(value as never)).toThrow(
      expect.objectContaining({ name: 'HeaderPropagationError', code: 'INVALID_OPTION', message }),
    );
    expect(globalThis.fetch).toBe(fetch);
  });

  it('takes one of another copy of this library', () => {
    const undo = connect({ ...propagation } as never);
    if (name.startsWith('propagateG') || name.startsWith('propagateN')) (undo as () => void)();
  });
});

it.each<[string, () => unknown, RegExp]>([
  ['axios of null', () => propagateWithAxios(propagation, null as never), /^propagateWithAxios: null is not/],
  [
    'axios of a class',
    () => propagateWithAxios(propagation, axios.Axios as never),
    /Write axios\.create\(\)/,
  ],
  [
    'fetch of null',
    () => propagatingFetch(propagation, null as never),
    /^propagatingFetch: null is not a fetch/,
  ],
  [
    'a mistyped setting',
    () => propagationInterceptor(propagation, { orgin: 'http://a' } as never),
    /"origin"/,
  ],
  [
    'an origin without scheme',
    () => propagationInterceptor(propagation, { origin: 'reviews:9080' }),
    /origin: "r/,
  ],
  ['a bucket without salt', () => bucketOf('x', {} as never), /^bucketOf\.salt: undefined is not a salt/],
  ['a bucket of 0 digits', () => bucketOf('x', { salt: 's', digits: 0 }), /^bucketOf\.digits: 0 is not/],
  [
    'forRoot without options',
    () => HeaderPropagationModule.forRoot(undefined as never),
    /^forRoot: undefined/,
  ],
  ['forRootAsync of null', () => HeaderPropagationModule.forRootAsync(null as never), /^forRootAsync: null/],
])('%s is told apart', (_, create, message) => {
  expect(create).toThrow(
    expect.objectContaining({ name: 'HeaderPropagationError', message: expect.stringMatching(message) }),
  );
});
