import type { Captured, HeaderRecord, HeaderValue } from './captured.js';
import { membersOf, mergeBaggage, withoutMembers } from './rules/baggage.js';

/** Headers on their way out: a record, a web `Headers`, or axios' `AxiosHeaders`. */
export type OutgoingHeaders = Record<string, unknown> | Headers | MethodHeaders;

/** Headers behind methods that ignore letter case, such as `AxiosHeaders` or a `ClientRequest`. */
export interface MethodHeaders {
  has(name: string): boolean;
  get(name: string): unknown;
  set(name: string, value: string | string[]): unknown;
  /**
   * Sets all of them at once, which is a fraction of the work.
   *
   * @returns false, and nothing done, where something that is there has a say in it
   */
  setAll?(headers: HeaderRecord): boolean;
}

/** Headers from which a name can be taken off again. */
export interface RemovableHeaders extends MethodHeaders {
  delete(name: string): unknown;
}

/** What in a request's headers is ours, so that it can be taken off where the request may not take it along. */
export interface Added {
  /** Headers, in lower case. */
  readonly names: readonly string[];
  /** Keys of the members that joined the application's `baggage`. */
  readonly members: readonly string[];
}

/**
 * Adds what was captured; what the application set stays, in whatever letter case it is written.
 *
 * @returns what was added; undefined when nothing was
 */
export function addHeaders(captured: Captured, outgoing: MethodHeaders): Added | undefined {
  const { headers } = captured;
  if (outgoing.setAll?.(headers)) return isEmpty(headers) ? undefined : new AddedAll(headers);
  const names: string[] = [];
  let members: string[] = [];
  for (const name in headers) {
    if (outgoing.has(name)) {
      if (name === 'baggage') members = mergeMembers(headers.baggage as HeaderValue, outgoing);
    } else if (name !== 'tracestate' || ownTrace(headers, outgoing)) {
      outgoing.set(name, mutable(headers[name] as HeaderValue));
      names.push(name);
    }
  }
  return names.length + members.length === 0 ? undefined : { names, members };
}

/** All of what was captured; few ask for the names. */
class AddedAll implements Added {
  readonly members = [];
  readonly #headers: HeaderRecord;

  constructor(headers: HeaderRecord) {
    this.#headers = headers;
  }

  get names(): readonly string[] {
    return Object.keys(this.#headers);
  }
}

function isEmpty(headers: HeaderRecord): boolean {
  for (const _ in headers) return false;
  return true;
}

/** W3C Trace Context: a `tracestate` belongs to the `traceparent` beside it, so ours does not go with another's. */
function ownTrace(headers: Captured['headers'], outgoing: MethodHeaders): boolean {
  return !outgoing.has('traceparent') || outgoing.get('traceparent') === headers.traceparent;
}

/** The one header that is shared: members of the application, or of an instrumentation, stay and win; ours join them. */
function mergeMembers(ours: HeaderValue, outgoing: MethodHeaders): string[] {
  const header = joined(outgoing.get('baggage'));
  if (header === undefined) return [];
  const { text, added } = mergeBaggage(header, membersOf([ours].flat().join(',')));
  if (added.length > 0) outgoing.set('baggage', text);
  return added;
}

/** Takes off what `addHeaders` added. */
export function removeHeaders({ names, members }: Added, outgoing: RemovableHeaders): void {
  for (const name of names) outgoing.delete(name);
  if (members.length === 0 || names.includes('baggage')) return;
  const header = joined(outgoing.get('baggage'));
  if (header !== undefined) outgoing.set('baggage', withoutMembers(header, members));
}

function joined(header: unknown): string | undefined {
  if (Array.isArray(header)) return header.join(',');
  return typeof header === 'string' ? header : undefined;
}

function mutable(value: HeaderValue): string | string[] {
  return typeof value === 'string' ? value : [...value];
}

/** One way to look at every kind of outgoing headers. */
export function methodsOf(headers: OutgoingHeaders): MethodHeaders {
  if (isWebHeaders(headers)) return webHeaders(headers);
  return isMethodHeaders(headers) ? headers : new RecordHeaders(headers);
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

/** A plain record of headers, in whatever letter case its keys are. */
export class RecordHeaders implements RemovableHeaders {
  readonly #headers: Record<string, unknown>;
  /** How the names are written that were not in lower case at first; undefined when all were. What is added is. */
  readonly #spelling: Map<string, string> | undefined;

  constructor(headers: Record<string, unknown>) {
    this.#headers = headers;
    for (const key in headers) {
      const lower = key.toLowerCase();
      if (lower === key || headers[key] === undefined) continue;
      this.#spelling ??= new Map();
      this.#spelling.set(lower, key);
    }
  }

  has(name: string): boolean {
    if (this.#spelling?.has(name)) return true;
    return Object.hasOwn(this.#headers, name) && this.#headers[name] !== undefined;
  }

  setAll(headers: HeaderRecord): boolean {
    if (this.#hasOneThat((name) => name in headers || name === 'traceparent')) return false;
    // A list would be shared with the next request.
    for (const name in headers) if (typeof headers[name] !== 'string') return false;
    Object.assign(this.#headers, headers);
    return true;
  }

  hasAny(names: ReadonlySet<string>): boolean {
    return this.#hasOneThat((name) => names.has(name));
  }

  get(name: string): unknown {
    return this.#headers[this.#keyOf(name)];
  }

  set(name: string, value: string | string[]): void {
    this.#headers[this.#keyOf(name)] = value;
  }

  delete(name: string): void {
    delete this.#headers[this.#keyOf(name)];
    this.#spelling?.delete(name);
  }

  #hasOneThat(isMeant: (name: string) => boolean): boolean {
    for (const key in this.#headers) {
      const name = key.toLowerCase();
      if (isMeant(name) && this.has(name)) return true;
    }
    return false;
  }

  #keyOf(name: string): string {
    return this.#spelling?.get(name) ?? name;
  }
}
