import type { Captured } from '../captured.js';
import { HeaderPropagationError } from '../errors.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type Added, RecordHeaders, removeHeaders } from '../inject.js';
import { reading, show } from '../option-checks.js';
import { checkPropagation } from '../propagation-check.js';
import type { TargetAddress } from '../target-address.js';
import { propagatingDispatcher } from './dispatch.js';
import { callWithMark } from './marked-call.js';

/** The part of an axios instance that is used: `axios` itself, `axios.create()`, `new Axios()`, `HttpService#axiosRef`. */
export interface AxiosLike {
  readonly interceptors: {
    readonly request: {
      use(onFulfilled: never, onRejected?: null, options?: { synchronous: boolean }): number;
      eject(id: number): void;
    };
  };
  /** Missing from `new Axios(...)`. */
  create?(): unknown;
}

/** A function that sends what a configuration says: an adapter, or a whole instance. */
type Send = (config: RequestConfig) => Promise<Response>;

/** Names and values as own properties, in whatever letter case. */
type AxiosHeaders = Record<string, unknown>;

interface RequestConfig {
  url?: string;
  baseURL?: string;
  allowAbsoluteUrls?: boolean;
  headers: AxiosHeaders;
  adapter?: unknown;
  socketPath?: string | null;
  httpAgent?: MaybeAgent;
  httpsAgent?: MaybeAgent;
  fetchOptions?: Record<string, unknown> | undefined;
  beforeRedirect?: BeforeRedirect | undefined;
  transformRequest?: unknown;
  transformResponse?: unknown;
}

interface Response {
  config: RequestConfig;
}

/** An agent, or what takes one's place; its options may lead to a Unix socket. */
type MaybeAgent = { options?: { socketPath?: string } } | false | undefined;

type RedirectOptions = { headers: Record<string, unknown>; href?: string };
type BeforeRedirect = (options: RedirectOptions, ...details: unknown[]) => void;

/**
 * Adds the current request's headers to every request of one axios instance. Instances made from it before or
 * after are not touched.
 *
 * Whom a request is for is decided where it leaves axios, at its adapter, when all interceptors have had their say. The
 * headers are added to a copy: the configuration that a response or an error carries, which retries and failovers send
 * again to other hosts, is the application's own.
 *
 * @returns undoes it
 * @throws HeaderPropagationError when one of the two is something else
 */
export function propagateWithAxios(propagation: HeaderPropagation, axios: AxiosLike): () => void {
  checkPropagation(propagation, 'propagateWithAxios');
  checkAxios(axios);
  const bare = bareInstance(axios);
  void loadAxios();
  const onRequest = (config: RequestConfig): RequestConfig => {
    const captured = propagation.captured();
    if (captured !== undefined) config.adapter = door(propagation, captured, config.adapter, bare);
    return config;
  };
  // Synchronous: axios then waits for no promise before it sends, unless another interceptor needs one.
  const id = axios.interceptors.request.use(onRequest as never, null, { synchronous: true });
  return () => axios.interceptors.request.eject(id);
}

function checkAxios(axios: AxiosLike): void {
  const use = reading(
    { path: 'propagateWithAxios', code: 'INVALID_OPTION' },
    () => axios?.interceptors?.request?.use,
  );
  if (typeof use === 'function') return;
  throw new HeaderPropagationError(
    'INVALID_OPTION',
    `propagateWithAxios: ${show(axios)} is not an instance of axios. Write axios.create() or httpService.axiosRef.`,
  );
}

/** An instance without defaults and interceptors: axios' own way from the name of an adapter to its function. */
function bareInstance(axios: AxiosLike): Send {
  const bare = (axios.create?.() ?? newOfItsClass(axios)) as AxiosLike & {
    request(config: object): Promise<Response>;
    defaults: Record<string, unknown>;
  };
  for (const key of Object.keys(bare.defaults)) delete bare.defaults[key];
  bare.defaults.headers = {};
  // To merge configurations is most of axios' work, and this one is merged: it goes past that, behind a function.
  const unwrap = ({ whole }: { whole: () => RequestConfig }) => whole();
  bare.interceptors.request.use(unwrap as never, null, { synchronous: true });
  return (config) => {
    // What the outer instance has transformed is sent, and given back, as it is.
    const sent = { ...config, transformRequest: [], transformResponse: [] };
    return bare.request({ whole: () => sent });
  };
}

/** What the package has and its instances lack. */
interface AxiosPackage {
  readonly AxiosHeaders: new () => AxiosHeaders;
  /** Since 1.5. */
  readonly getAdapter?: (adapter: unknown, config: RequestConfig) => Send;
}

/** Undefined until it is loaded, and where it cannot be. */
let axiosPackage: AxiosPackage | undefined;

async function loadAxios(): Promise<void> {
  axiosPackage ??= (await import('axios').catch(() => undefined))?.default as AxiosPackage | undefined;
}

/**
 * The function behind the name of an adapter. The bare instance, which takes a tenth of a request's processor time, has it where
 * the request was made by another copy of axios than is loaded here, such as that of the other module format.
 */
function adapterBehind(name: unknown, config: RequestConfig, bare: Send): Send {
  const { AxiosHeaders, getAdapter } = axiosPackage ?? {};
  if (!name || AxiosHeaders === undefined || getAdapter === undefined) return bare;
  return config.headers instanceof AxiosHeaders ? getAdapter(name, config) : bare;
}

function newOfItsClass(axios: AxiosLike): unknown {
  const { constructor: Axios } = axios as unknown as { constructor: new (defaults: object) => unknown };
  return new Axios({});
}

/** The adapter that axios calls in the place of the application's. */
function door(propagation: HeaderPropagation, captured: Captured, adapter: unknown, bare: Send): Send {
  // A function may follow redirects by itself.
  const isFollowed = typeof adapter !== 'function' && !(Array.isArray(adapter) && adapter.some(isFunction));
  return async (config) => {
    config.adapter = adapter;
    const { sent, added } = withHeaders(config, propagation, captured);
    const mark = added && { propagation, added, host: null, headers: captured.headers };
    try {
      const send = typeof adapter === 'function' ? (adapter as Send) : adapterBehind(adapter, sent, bare);
      const response = await (mark === undefined || isFollowed
        ? send(sent)
        : callWithMark(mark, () => send(sent)));
      response.config = config;
      return response;
    } catch (error) {
      throw asTheApplications(error, config);
    }
  };
}

/** An error, and the response in it, that carry the configuration as the application wrote it. */
function asTheApplications(error: unknown, config: RequestConfig): unknown {
  const { config: sent, response } = (error ?? {}) as { config?: RequestConfig; response?: Response };
  if (sent !== undefined) (error as Response).config = config;
  if (response?.config !== undefined) response.config = config;
  return error;
}

/** A copy with the headers, and with a check of each hop by whatever way the adapter follows redirects. */
function withHeaders(
  config: RequestConfig,
  propagation: HeaderPropagation,
  captured: Captured,
): { sent: RequestConfig; added?: Added | undefined } {
  if (leadsToSocket(config)) return { sent: config };
  const headers = copyOf(config.headers);
  const outgoing = new RecordHeaders(headers);
  const added = propagation.injectInto(captured, addressOf(config), () => outgoing);
  const fetches = mayFetch(config.adapter);
  if (added === undefined && !fetches) return { sent: config };
  const sent = copyOfConfig(config);
  sent.headers = headers;
  if (added !== undefined) sent.beforeRedirect = withholding(propagation, added, config.beforeRedirect);
  if (fetches) {
    const dispatcher = propagatingDispatcher(propagation, captured, {
      dispatcher: config.fetchOptions?.dispatcher,
      added,
    });
    sent.fetchOptions = { ...config.fetchOptions, dispatcher };
  }
  return { sent, added };
}

/** `{ ...config }`, which takes four times as long where the object has no prototype, as axios' own has none. */
function copyOfConfig(config: RequestConfig): RequestConfig {
  const from = config as unknown as Record<string | symbol, unknown>;
  const copy: Record<string | symbol, unknown> = {};
  for (const key of Object.keys(from)) copy[key] = from[key];
  for (const key of Object.getOwnPropertySymbols(from)) copy[key] = from[key];
  return copy as unknown as RequestConfig;
}

/** Of its class, and written to as the record that it is: its own methods look at every name for each. */
function copyOf(headers: AxiosHeaders): AxiosHeaders {
  return Object.assign(Object.create(Object.getPrototypeOf(headers)), headers);
}

function leadsToSocket({ socketPath, httpAgent, httpsAgent }: RequestConfig): boolean {
  return Boolean(socketPath || socketOf(httpAgent) || socketOf(httpsAgent));
}

function socketOf(agent: MaybeAgent): string | undefined {
  return (agent || undefined)?.options?.socketPath;
}

/** Whether axios may take its fetch adapter, or a function that may be it: it takes the first that it can. */
function mayFetch(adapter: unknown): boolean {
  if (!Array.isArray(adapter)) return isFunction(adapter) || adapter === 'fetch';
  const usable = adapter.find((one) => isFunction(one) || one === 'http' || one === 'fetch');
  return usable !== undefined && usable !== 'http';
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/** A redirect may lead out of `targets`: what was added here does not go along. */
function withholding(
  propagation: HeaderPropagation,
  added: Added,
  next: BeforeRedirect | undefined,
): BeforeRedirect {
  return (options, ...details) => {
    if (!propagation.allows(options.href ?? '')) removeHeaders(added, new RecordHeaders(options.headers));
    next?.(options, ...details);
  };
}

const ABSOLUTE = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i;

/** As axios combines them: an absolute `url` goes before `baseURL` unless `allowAbsoluteUrls` is false. */
function addressOf({ url = '', baseURL, allowAbsoluteUrls }: RequestConfig): TargetAddress {
  const alone = !baseURL || (ABSOLUTE.test(url) && allowAbsoluteUrls !== false);
  const address = alone ? url : `${baseURL.replace(/\/?\/$/, '')}/${url.replace(/^\/+/, '')}`;
  return address.startsWith('//') ? `http:${address}` : address;
}
