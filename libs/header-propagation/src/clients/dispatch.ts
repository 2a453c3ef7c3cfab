import { runInThisContext } from 'node:vm';
import type { HeaderValue } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { methodsOf } from '../inject.js';
import { flatHeaders } from './raw-headers.js';

/** The part of undici's dispatch options that is used. */
export interface DispatchOptions {
  origin?: string | URL | undefined;
  path: string;
  method: string;
  headers?: unknown;
}

interface DispatcherLike {
  dispatch(options: DispatchOptions, handler: unknown): boolean;
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

/** A dispatcher in front of another, or of the one that Node's `fetch` uses by default. */
export function propagatingDispatcher(propagation: HeaderPropagation, dispatcher?: unknown): unknown {
  const base = (dispatcher ?? globalDispatcher()) as DispatcherLike;
  const dispatch: DispatcherLike['dispatch'] = (options, handler) =>
    base.dispatch(withHeaders(propagation, options), handler);
  return new Proxy(base, {
    get: (target, key) => {
      if (key === 'dispatch') return dispatch;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * undici keeps its global dispatcher under a symbol with the number of the dispatcher interface, which changed
 * with undici 8: Node's bundled copy and the npm package may be of two kinds. Node's `fetch` looks on the main
 * global object, which is not `globalThis` where code runs in a vm context, as it does under Jest.
 */
function globalDispatcher(): unknown {
  const main = runInThisContext('globalThis') as typeof globalThis & Record<symbol, unknown>;
  // Node loads its undici on the first use of one of its globals.
  void main.Response;
  const version = Number.parseInt(process.versions.undici ?? '7', 10) >= 8 ? 2 : 1;
  return main[Symbol.for(`undici.globalDispatcher.${version}`)];
}
