import type { Captured, HeaderValue } from './captured.js';
import { mergeBaggage } from './rules/baggage.js';

/** Headers on their way out: a record, a web `Headers`, or axios' `AxiosHeaders`. */
export type OutgoingHeaders = Record<string, unknown> | Headers | MethodHeaders;

/** Headers behind methods that ignore letter case, such as `AxiosHeaders` or a `ClientRequest`. */
export interface MethodHeaders {
  has(name: string): boolean;
  get(name: string): unknown;
  set(name: string, value: string | string[]): unknown;
}

/** Adds what was captured; what the application set stays, in whatever letter case it is written. */
export function addHeaders(captured: Captured, outgoing: MethodHeaders): void {
  const { headers, baggage } = captured;
  for (const name in headers) {
    if (!outgoing.has(name)) outgoing.set(name, mutable(headers[name] as HeaderValue));
    else if (name === 'baggage') mergeMembers(baggage, outgoing);
  }
}

/** The one header that is shared: the application's members stay and win, ours join them. */
function mergeMembers(members: Captured['baggage'], outgoing: MethodHeaders): void {
  const set = outgoing.get('baggage');
  if (typeof set !== 'string' && !Array.isArray(set)) return;
  const header = typeof set === 'string' ? set : set.join(',');
  const merged = mergeBaggage(header, members);
  if (merged !== undefined && merged !== header) outgoing.set('baggage', merged);
}

function mutable(value: HeaderValue): string | string[] {
  return typeof value === 'string' ? value : [...value];
}

/** One way to look at every kind of outgoing headers. */
export function methodsOf(headers: OutgoingHeaders): MethodHeaders {
  if (isWebHeaders(headers)) return webHeaders(headers);
  return isMethodHeaders(headers) ? headers : recordHeaders(headers);
}

function isWebHeaders(headers: OutgoingHeaders): headers is Headers {
  return typeof (headers as Headers).append === 'function' && typeof (headers as Headers).has === 'function';
}

function isMethodHeaders(headers: OutgoingHeaders): headers is MethodHeaders {
  return typeof headers.has === 'function' && typeof headers.set === 'function';
}

function webHeaders(headers: Headers): MethodHeaders {
  return {
    has: (name) => headers.has(name),
    get: (name) => headers.get(name) ?? undefined,
    set: (name, value) => {
      headers.delete(name);
      for (const one of typeof value === 'string' ? [value] : value) headers.append(name, one);
    },
  };
}

function recordHeaders(headers: Record<string, unknown>): MethodHeaders {
  const spelling = new Map<string, string>();
  for (const key in headers) if (headers[key] !== undefined) spelling.set(key.toLowerCase(), key);
  return {
    has: (name) => spelling.has(name),
    get: (name) => headers[spelling.get(name) ?? name],
    set: (name, value) => {
      headers[spelling.get(name) ?? name] = value;
    },
  };
}
