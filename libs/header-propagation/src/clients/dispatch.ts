import { runInThisContext } from 'node:vm';
import { type Captured, type HeaderValue, NOTHING_CAPTURED } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { type Added, RecordHeaders, removeHeaders } from '../inject.js';
import { parseUrl } from '../target-address.js';
import { markName, markValue } from './mark.js';
import { FlatHeaders } from './raw-headers.js';
import { receiverOf, watchUndiciRequests } from './undici-requests.js';

/** The part of undici's dispatch options that is used. */
export interface DispatchOptions {
  origin?: string | URL | undefined;
  path: string;
  method: string;
  headers?: unknown;
  servername?: string | null | undefined;
}

export type Dispatch = (options: DispatchOptions, handler: unknown) => boolean;

/**
 * The options with what was captured, marked as ours, or the same object when there is nothing to add.
 *
 * @param settings.origin where the dispatcher connects, when the request does not say so itself
 * @param settings.added what a client put there for its first hop: taken off where this hop may not have it
 */
export function withHeaders(
  propagation: HeaderPropagation,
  captured: Captured | undefined,
  options: DispatchOptions,
  settings: { readonly origin?: string | URL | undefined; readonly added?: Added | undefined } = {},
): DispatchOptions {
  if (captured === undefined || options.method === 'CONNECT') return options;
  if (captured === NOTHING_CAPTURED && settings.added === undefined) return options;
  const { headers, outgoing } = copyOf(options.headers);
  if (settings.added !== undefined) removeHeaders(settings.added, outgoing);
  const host = outgoing.has('host') ? String(outgoing.get('host')) : null;
  const resolved = host !== null && isResolved(options, host) ? host : undefined;
  const target = receiverOf(options.path, options.origin ?? settings.origin, resolved);
  const mixed = outgoing.hasAny(propagation.names);
  const added = target === undefined ? undefined : propagation.injectInto(captured, target, () => outgoing);
  if (added !== undefined) {
    watchUndiciRequests();
    outgoing.set(markName(propagation), markValue(added, mixed, resolved === undefined ? host : null));
  }
  return added === undefined && settings.added === undefined ? options : { ...options, headers };
}

/** undici's DNS interceptor puts an address into `origin`, and the name that it was asked for here and into `Host`. */
function isResolved({ servername }: DispatchOptions, host: string): boolean {
  return typeof servername === 'string' && parseUrl(`http://${host}`)?.hostname === servername;
}

/** A copy of a request's headers, and a way to change it. */
function copyOf(headers: unknown) {
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    const flat = [...headers];
    return { headers: flat, outgoing: new FlatHeaders(flat) };
  }
  const record = recordOf(headers);
  return { headers: record, outgoing: new RecordHeaders(record) };
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

/**
 * A dispatcher for one request of `fetch`, in front of another or of the one that Node's `fetch` uses by default. It is
 * asked for each hop of a redirect.
 */
export function propagatingDispatcher(
  propagation: HeaderPropagation,
  captured: Captured,
  { dispatcher, added }: { readonly dispatcher?: unknown; readonly added?: Added | undefined } = {},
): unknown {
  const base = (dispatcher ?? globalDispatcher()) as { dispatch: Dispatch };
  return new Proxy(base, new DispatcherMembers(propagation, captured, added));
}

/** A dispatcher's own, but for `dispatch`; a class, as one is made for every request. */
class DispatcherMembers implements ProxyHandler<{ dispatch: Dispatch }> {
  constructor(
    readonly propagation: HeaderPropagation,
    readonly captured: Captured,
    readonly added: Added | undefined,
  ) {}

  get(base: { dispatch: Dispatch }, key: string | symbol): unknown {
    if (key === 'dispatch') {
      return (options: DispatchOptions, handler: unknown) =>
        base.dispatch(withHeaders(this.propagation, this.captured, options, this), handler);
    }
    const value = Reflect.get(base, key, base);
    return typeof value === 'function' ? value.bind(base) : value;
  }
}

type MainGlobal = typeof globalThis & Record<symbol, unknown>;
let main: MainGlobal | undefined;

/** undici keeps its global dispatcher under a symbol with the number of the dispatcher interface, which changed with undici 8. */
const globalDispatcherKey = Symbol.for(
  `undici.globalDispatcher.${Number.parseInt(process.versions.undici ?? '7', 10) >= 8 ? 2 : 1}`,
);

/**
 * Node's bundled copy of undici and the npm package may be of two kinds. Node's `fetch` looks on the main global object,
 * which is not `globalThis` where code runs in a vm context, as it does under Jest.
 */
function globalDispatcher(): unknown {
  main ??= runInThisContext('globalThis') as MainGlobal;
  // Node loads its undici on the first use of one of its globals.
  if (main[globalDispatcherKey] === undefined) void main.Response;
  return main[globalDispatcherKey];
}
