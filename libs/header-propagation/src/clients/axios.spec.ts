import { createRequire } from 'node:module';
import axios, {
  type AxiosError,
  type AxiosInstance,
  type AxiosStatic,
  type InternalAxiosRequestConfig,
} from 'axios';
import axiosRetry from 'axios-retry';
import { hasOurs, inRequest, propagation, startUpstream, type Upstream } from '../testing/upstream.js';
import { propagateWithAxios } from './axios.js';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(() => {
  upstream.received.length = 0;
});

// The functions behind the names of adapters are known of the first alone; the other takes the way through the bare instance.
const copies: [string, AxiosStatic][] = [
  ['that is imported', axios],
  ['in the other module format', createRequire(import.meta.url)('axios')],
];

describe.each(copies)('axios %s, by its interceptors and retries', (copy, axios) => {
  type Failover = (instance: AxiosInstance) => void;
  const onRequest =
    (change: (config: InternalAxiosRequestConfig) => void): Failover =>
    (instance) =>
      void instance.interceptors.request.use((config) => {
        change(config);
        return config;
      });
  const again = (config: object, instance: AxiosInstance) =>
    instance.request({ ...config, url: `${upstream.outside}/` });
  const onFailure =
    (next: (error: AxiosError, instance: AxiosInstance) => unknown): Failover =>
    (instance) =>
      void instance.interceptors.response.use(null, (error) => next(error, instance));
  const withRetry: Failover = (instance) =>
    axiosRetry(instance, {
      retries: 1,
      onRetry: (_count, _error, config) => {
        config.url = `${upstream.outside}/`;
      },
    });
  const changes: Record<string, Failover> = {
    'sets url': onRequest((config) => {
      config.url = `${upstream.outside}/`;
    }),
    'sets baseURL': onRequest((config) => {
      config.url = '/';
      config.baseURL = upstream.outside;
    }),
    'fails over with the configuration': onFailure((error, instance) => again(error.config ?? {}, instance)),
    'fails over with the headers': onFailure((error, instance) =>
      again({ headers: { ...error.config?.headers } }, instance),
    ),
    "fails over with the response's configuration": onFailure((error, instance) =>
      again(error.response?.config ?? {}, instance),
    ),
    'axios-retry': withRetry,
  };
  const adapters = ['http', 'fetch'] as const;
  const places = ['before', 'after'] as const;
  const cases = Object.keys(changes).flatMap((name) =>
    places.flatMap((place) => adapters.map((adapter) => [name, place, adapter] as const)),
  );

  it.each(cases)('%s, registered %s ours, over %s', async (name, place, adapter) => {
    const instance = axios.create({ adapter });
    if (place === 'before') changes[name]?.(instance);
    propagateWithAxios(propagation, instance);
    if (place === 'after') changes[name]?.(instance);
    const key = `${name} ${place} ${adapter} ${copy}`;
    const response = await inRequest(() => instance.get(`${upstream.inside}/flaky?key=${key}`)).catch(
      () => undefined,
    );
    expect(upstream.leaks()).toEqual([]);
    expect(hasOurs(response?.config.headers)).toBe(false);
  });

  it.each([['http'], ['fetch'], [axios.getAdapter('http')]])(
    'an instance of the class alone has them too',
    async (adapter) => {
      const instance = new axios.Axios({ adapter });
      propagateWithAxios(propagation, instance);
      await inRequest(() => instance.request({ url: `${upstream.inside}/` }));
      expect(upstream.users()).toEqual(['ours']);
    },
  );

  it('refuses an unknown adapter as axios does alone', async () => {
    const instance = axios.create({ adapter: 'pigeon' });
    const refused = () =>
      instance.get(upstream.inside).catch((error) => [error.message, error.code, error.constructor]);
    const alone = await refused();
    propagateWithAxios(propagation, instance);
    expect(await inRequest(refused)).toEqual(alone);
    expect(alone).toContain(axios.AxiosError);
  });

  it('a retry to the same host has them again', async () => {
    const instance = axios.create();
    propagateWithAxios(propagation, instance);
    axiosRetry(instance, { retries: 1 });
    await inRequest(() => instance.get(`${upstream.inside}/flaky?key=same ${copy}`));
    expect(upstream.users()).toEqual(['ours', 'ours']);
  });

  it('a configuration that was sent under one user and is sent again under another has the headers of the other', async () => {
    const instance = axios.create();
    propagateWithAxios(propagation, instance);
    const { config } = await inRequest(() => instance.get(`${upstream.inside}/`));
    await propagation.runWith({ user: 'another' }, () => instance.request(config));
    await instance.request(config);
    expect(upstream.users()).toEqual(['ours', 'another', undefined]);
  });
});
