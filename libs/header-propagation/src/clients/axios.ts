import type { HeaderPropagation } from '../header-propagation.js';
import type { MethodHeaders } from '../inject.js';
import { propagatingDispatcher } from './dispatch.js';

/** The part of an axios instance that is used: `axios` itself, `axios.create()`, `HttpService#axiosRef`. */
export interface AxiosLike {
  readonly interceptors: {
    readonly request: {
      use(onFulfilled: never, onRejected?: null, options?: { synchronous: boolean }): number;
      eject(id: number): void;
    };
  };
}

interface RequestConfig {
  url?: string;
  baseURL?: string;
  allowAbsoluteUrls?: boolean;
  headers: MethodHeaders & { delete(name: string): unknown };
  adapter?: unknown;
  fetchOptions?: Record<string, unknown>;
  beforeRedirect?: BeforeRedirect;
}

type RedirectOptions = { headers: Record<string, unknown>; href?: string };
type BeforeRedirect = (options: RedirectOptions, ...details: unknown[]) => void;

/**
 * Adds the current request's headers to every request of one axios instance. Instances made from it before or
 * after are not touched.
 *
 * @returns undoes it
 */
export function propagateWithAxios(propagation: HeaderPropagation, axios: AxiosLike): () => void {
  const onRequest = (config: RequestConfig): RequestConfig => addTo(config, propagation);
  // Synchronous: axios then waits for no promise before it sends, unless another interceptor needs one.
  const id = axios.interceptors.request.use(onRequest as never, null, { synchronous: true });
  return () => axios.interceptors.request.eject(id);
}

function addTo(config: RequestConfig, propagation: HeaderPropagation): RequestConfig {
  const captured = propagation.captured();
  if (captured === undefined) return config;
  if (usesFetch(config)) {
    // fetch follows redirects by itself and takes the headers along; its dispatcher is asked again at each hop.
    config.fetchOptions = {
      ...config.fetchOptions,
      dispatcher: propagatingDispatcher(propagation, config.fetchOptions?.dispatcher),
    };
    return config;
  }
  const added: string[] = [];
  propagation.injectInto(captured, addressOf(config), () => recording(config.headers, added));
  if (added.length > 0) config.beforeRedirect = withholding(propagation, added, config.beforeRedirect);
  return config;
}

function usesFetch({ adapter }: RequestConfig): boolean {
  return adapter === 'fetch' || (Array.isArray(adapter) && adapter[0] === 'fetch');
}

function recording(headers: MethodHeaders, added: string[]): MethodHeaders {
  return {
    has: (name) => headers.has(name),
    get: (name) => headers.get(name),
    set: (name, value) => {
      added.push(name);
      headers.set(name, value);
    },
  };
}

/** A redirect may lead out of `targets`: what was added here does not go along. */
function withholding(
  propagation: HeaderPropagation,
  added: readonly string[],
  next: BeforeRedirect | undefined,
): BeforeRedirect {
  return (options, ...details) => {
    if (!propagation.allows(options.href ?? '')) {
      for (const name of Object.keys(options.headers)) {
        if (added.includes(name.toLowerCase())) delete options.headers[name];
      }
    }
    next?.(options, ...details);
  };
}

const ABSOLUTE = /^(?:[a-z][a-z\d+\-.]*:)?\/\//i;

/** As axios combines them: an absolute `url` goes before `baseURL` unless `allowAbsoluteUrls` is false. */
function addressOf({ url = '', baseURL, allowAbsoluteUrls }: RequestConfig): string {
  const absolute = ABSOLUTE.test(url) && (baseURL === undefined || allowAbsoluteUrls !== false);
  const address = absolute ? url : (baseURL ?? '');
  return address.startsWith('//') ? `http:${address}` : address;
}
