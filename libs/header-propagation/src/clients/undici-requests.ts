import { subscribe } from 'node:diagnostics_channel';
import { type Added, removeHeaders } from '../inject.js';
import { memoize } from '../memoize.js';
import { membersOf, mergeBaggage } from '../rules/baggage.js';
import { parseUrl, type TargetAddress } from '../target-address.js';
import { carriedMark, markAmong } from './carried-mark.js';
import { endsWithMark, type Mark, takeMarks } from './mark.js';
import { FlatHeaders } from './raw-headers.js';
import { type Head, isUnixSocket, withhold } from './undici-sockets.js';

/** What is ours in a request that was built and may not be written yet. */
const OURS = Symbol('header-propagation.ours');

/** A request of undici's as its diagnostics channels show it, in Node's own copy and in the package, from version 6 on. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly host: string | null;
  /** `[name, value, ...]`; what is written, when its turn comes. */
  readonly headers: unknown[];
  addHeader?: AddHeader;
  [OURS]?: readonly Mark[];
}

type AddHeader = (this: UndiciRequest, name: string, value: string) => unknown;

let watching = false;

/** Checks each request of undici that carries a mark of ours where it is built and where it is written. */
export function watchUndiciRequests(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:request:create', (message) => onCreate((message as { request: UndiciRequest }).request));
  subscribe('undici:client:sendHeaders', (message) => onSendHeaders(message as SendHeaders));
}

interface SendHeaders extends Head {
  readonly request: UndiciRequest;
}

function onSendHeaders(head: SendHeaders): void {
  const ours = head.request[OURS];
  if (ours !== undefined && isUnixSocket(head.socket))
    withhold(
      ours.map(({ added }) => added),
      head,
    );
}

function onCreate(request: UndiciRequest): void {
  const { headers } = request;
  if (!Array.isArray(headers)) return;
  const alone = endsWithMark(headers);
  const marks = marksOf(headers);
  if (marks.length === 0) return;
  const kept = marks.filter((mark) => keepOrRemove(request, mark));
  if (kept.length === 0) return;
  request[OURS] = kept;
  yieldToThoseAfter(request);
  // A mark comes after what it marks: nobody has added to a list that ends with one.
  if (!alone) for (const { added } of kept) yieldToThoseBefore(request, added);
}

function marksOf(headers: unknown[]): readonly Mark[] {
  const marks = takeMarks(headers);
  const carried = carriedMark();
  return carried === undefined ? marks : [...marks, markAmong(new FlatHeaders(headers), carried)];
}

function keepOrRemove(request: UndiciRequest, { propagation, added, host }: Mark): boolean {
  // A Host that it did not have when it was marked is a name that was resolved since.
  const name = request.host === null || request.host === host ? undefined : request.host;
  const target = receiverOf(request.path, request.origin, name);
  if (target !== undefined && propagation?.allows(target)) return true;
  removeHeaders(added, new FlatHeaders(request.headers));
  return false;
}

/**
 * Whom a request is for; undefined when it is told nowhere.
 *
 * @param path in absolute-form where it goes to a forward proxy: then its receiver is the host in it
 * @param name the host and port that `interceptors.dns` has replaced by an address
 */
export function receiverOf(
  path: string,
  origin: string | URL | undefined,
  name: string | undefined,
): TargetAddress | undefined {
  // Nearly every path begins with a slash.
  if (!path.startsWith('/') && /^https?:\/\//i.test(path)) return path;
  const parts = typeof origin === 'string' ? partsOf(origin) : origin && partsOfUrl(origin);
  if (parts === undefined) return undefined;
  const { scheme, host, port } = (name && partsOf(`${parts.scheme}//${name}`)) || parts;
  return { scheme, host, port, path };
}

type OriginParts = Readonly<Record<'scheme' | 'host' | 'port', string>>;

const partsOf = memoize((origin) => {
  const url = parseUrl(origin);
  return url && partsOfUrl(url);
});

function partsOfUrl({ protocol, hostname, port }: URL): OriginParts {
  return { scheme: protocol, host: hostname, port };
}

/** An instrumentation that came first has added its own header beside ours: its trace is the nearer one. */
function yieldToThoseBefore({ headers }: UndiciRequest, { names }: Added): void {
  for (const name of repeatedIn(headers)) {
    if (!names.includes(name)) continue;
    const places = placesOf(headers, name);
    const [first] = places;
    if (first === undefined || places.length < 2) continue;
    const [, own] = headers.splice(first, 2);
    if (name === 'baggage') mergeInto(headers, String(own));
    if (name === 'traceparent') dropFirstOf(headers, 'tracestate', names);
  }
}

const watched = new WeakSet<object>();

/** An instrumentation that comes after us adds by `addHeader`, which has a form of its own in each copy of undici: ours makes room. */
function yieldToThoseAfter(request: UndiciRequest): void {
  const prototype = Object.getPrototypeOf(request) as UndiciRequest;
  if (watched.has(prototype)) return;
  watched.add(prototype);
  const { addHeader } = prototype;
  if (typeof addHeader !== 'function') return;
  prototype.addHeader = function (name, value) {
    return addHeader.call(this, name, this[OURS] === undefined ? value : makeRoom(this, name, value));
  };
}

/** Takes ours off in favour of a header that somebody adds, and gives the value to add. */
function makeRoom({ headers, [OURS]: kept = [] }: UndiciRequest, name: string, value: string): string {
  const lower = name.toLowerCase();
  if (lower === 'baggage') {
    const own = placesOf(headers, lower).map((place) => String(headers[place + 1]));
    new FlatHeaders(headers).delete(lower);
    return mergeBaggage(value, membersOf(own.join(','))).text;
  }
  for (const { added } of kept) {
    const { names } = added;
    if (!names.includes(lower)) continue;
    dropFirstOf(headers, lower, names);
    if (lower === 'traceparent') dropFirstOf(headers, 'tracestate', names);
  }
  return value;
}

function dropFirstOf(headers: unknown[], name: string, names: readonly string[]): void {
  const [first] = names.includes(name) ? placesOf(headers, name) : [];
  if (first !== undefined) headers.splice(first, 2);
}

/** Names, in lower case, that come more than once. */
function repeatedIn(headers: readonly unknown[]): Iterable<string> {
  const names: string[] = [];
  for (let at = 0; at < headers.length; at += 2) names.push(String(headers[at]).toLowerCase());
  const once = new Set(names);
  return once.size === names.length ? [] : names.filter((name) => !once.delete(name));
}

function placesOf(headers: readonly unknown[], name: string): number[] {
  const places: number[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    if (String(headers[at]).toLowerCase() === name) places.push(at);
  }
  return places;
}

function mergeInto(headers: unknown[], own: string): void {
  const outgoing = new FlatHeaders(headers);
  const theirs = outgoing.get('baggage');
  const text = Array.isArray(theirs) ? theirs.join(',') : String(theirs);
  outgoing.set('baggage', mergeBaggage(text, membersOf(own)).text);
}
