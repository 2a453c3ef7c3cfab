import type { HeaderValue } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type MethodHeaders, methodsOf } from '../inject.js';

/** The part of undici's dispatch options that is used. */
export interface DispatchOptions {
  origin?: string | URL | undefined;
  path: string;
  method: string;
  headers?: unknown;
}

type Dispatch = (options: DispatchOptions, handler: never) => boolean;

/** What `Dispatcher#compose` takes. */
export type DispatchInterceptor = (dispatch: never) => never;

/**
 * An interceptor for undici: `new Agent().compose(propagationInterceptor(propagation))`. It is asked for each
 * request, redirects included, so a redirect out of `targets` takes nothing along.
 *
 * @param settings.origin where a `Client` or `Pool` connects, when its requests do not say so themselves
 */
export function propagationInterceptor(
  propagation: HeaderPropagation,
  settings: { readonly origin?: string | URL } = {},
): DispatchInterceptor {
  const interceptor =
    (dispatch: Dispatch): Dispatch =>
    (options, handler) =>
      dispatch(withHeaders(propagation, options, settings.origin), handler);
  return interceptor as unknown as DispatchInterceptor;
}

/** The options with the current request's headers, or the same object when there is nothing to add. */
export function withHeaders<O extends DispatchOptions>(
  propagation: HeaderPropagation,
  options: O,
  fixedOrigin?: string | URL,
): O {
  const captured = propagation.captured();
  const target = absoluteTarget(options.path) ?? options.origin ?? fixedOrigin;
  if (captured === undefined || target === undefined || options.method === 'CONNECT') return options;
  let headers: unknown;
  propagation.injectInto(captured, target, () => {
    if (isFlat(options.headers)) {
      const flat = [...options.headers];
      headers = flat;
      return flatHeaders(flat);
    }
    const record = recordOf(options.headers);
    headers = record;
    return methodsOf(record);
  });
  return headers === undefined ? options : { ...options, headers };
}

/** A request in absolute-form goes to a forward proxy; its receiver is the host in the path. */
function absoluteTarget(path: string): string | undefined {
  return path.startsWith('http://') || path.startsWith('https://') ? path : undefined;
}

function isFlat(headers: unknown): headers is unknown[] {
  return Array.isArray(headers) && !Array.isArray(headers[0]);
}

/** `[name, value, name, value]`, undici's raw form. */
export function flatHeaders(flat: unknown[]): MethodHeaders {
  const indexOf = (name: string) =>
    flat.findIndex((item, index) => index % 2 === 0 && String(item).toLowerCase() === name);
  return {
    has: (name) => indexOf(name) !== -1,
    get: (name) => {
      const values = flat.filter((_, index) => index % 2 === 1 && lower(flat[index - 1]) === name);
      return values.length > 1 ? values.map(String) : String(values[0]);
    },
    set: (name, value) => {
      for (let at = indexOf(name); at !== -1; at = indexOf(name)) flat.splice(at, 2);
      for (const one of typeof value === 'string' ? [value] : value) flat.push(name, one);
    },
  };
}

function lower(name: unknown): string {
  return String(name).toLowerCase();
}

/** A copy as a record; pairs of one name become one name with several values. */
function recordOf(headers: unknown): Record<string, unknown> {
  if (headers === undefined || headers === null) return {};
  if (typeof (headers as Iterable<unknown>)[Symbol.iterator] !== 'function')
    return { ...(headers as object) };
  const record: Record<string, HeaderValue> = {};
  for (const [name, value] of headers as Iterable<[string, HeaderValue]>) {
    const before = record[name];
    record[name] = before === undefined ? value : [before, value].flat();
  }
  return record;
}
