import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { HeaderRecord } from '../captured.js';
import { type Added, removeHeaders } from '../inject.js';
import { membersOf, mergeBaggage } from '../rules/baggage.js';
import { parseUrl, type TargetAddress } from '../target-address.js';
import { type Mark, takeMarks } from './mark.js';
import { flatHeaders } from './raw-headers.js';

/** A request of undici's as its diagnostics channels show it, in Node's own copy and in the package, from version 6 on. */
interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly host: string | null;
  /** `[name, value, ...]`; what is written, when its turn comes. */
  readonly headers: unknown[];
  addHeader?(name: string, value: string): unknown;
}

let watching = false;

/** Checks each request of undici that carries a mark of ours where it is built and where it is written. */
export function watchUndiciRequests(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:request:create', (message) => onCreate((message as { request: UndiciRequest }).request));
  subscribe('undici:client:sendHeaders', (message) => onSendHeaders(message as SentHeaders));
}

/** A mark that goes with the call instead of with its headers, where those may end elsewhere than in undici. */
interface CarriedMark extends Mark {
  /** What was added: a request that the call causes may have headers of the same names that are not ours. */
  readonly headers: HeaderRecord;
}

const carried = new AsyncLocalStorage<CarriedMark>();

/** Runs a call of `fetch` whose requests, if undici sends them, carry this mark. */
export function carryMark<T>(mark: CarriedMark, call: () => T): T {
  watchUndiciRequests();
  return carried.run(mark, call);
}

function marksOf(headers: unknown[]): Mark[] {
  const marks = takeMarks(headers);
  const mark = carried.getStore();
  if (mark === undefined) return marks;
  const outgoing = flatHeaders(headers);
  const names = mark.added.names.filter(
    (name) => outgoing.has(name) && String(outgoing.get(name)) === [mark.headers[name]].flat().join(', '),
  );
  return [...marks, { ...mark, added: { ...mark.added, names } }];
}

/** What is ours in requests that were built and may not be written yet. */
const ours = new WeakMap<UndiciRequest, Added[]>();

function onCreate(request: UndiciRequest): void {
  if (!Array.isArray(request.headers)) return;
  const marks = marksOf(request.headers);
  if (marks.length === 0) return;
  const kept = marks.filter((mark) => keepOrRemove(request, mark)).map(({ added }) => added);
  if (kept.length === 0) return;
  for (const added of kept) yieldToThoseBefore(request, added);
  yieldToThoseAfter(request, kept);
  ours.set(request, kept);
}

function keepOrRemove(request: UndiciRequest, { propagation, added, host }: Mark): boolean {
  // A Host that it did not have when it was marked is a name that was resolved since.
  const name = request.host === null || request.host === host ? undefined : request.host;
  const target = receiverOf(request.path, request.origin, name);
  if (target !== undefined && propagation?.allows(target)) return true;
  removeHeaders(added, flatHeaders(request.headers));
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
  if (/^https?:\/\//i.test(path)) return path;
  const url = typeof origin === 'string' ? originOf(origin) : origin;
  if (url === undefined) return undefined;
  const { protocol, hostname, port } = (name && parseUrl(`${url.protocol}//${name}`)) || url;
  return { scheme: protocol, host: hostname, port, path };
}

/** The origins that were parsed last: a service asks few, again and again. */
const origins = new Map<string, URL | undefined>();
const MOST_ORIGINS = 256;

function originOf(text: string): URL | undefined {
  if (origins.has(text)) return origins.get(text);
  if (origins.size >= MOST_ORIGINS) origins.clear();
  const url = parseUrl(text);
  origins.set(text, url);
  return url;
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

/** An instrumentation that comes after us adds by `addHeader`: ours makes room. */
function yieldToThoseAfter(request: UndiciRequest, kept: readonly Added[]): void {
  const { addHeader, headers } = request;
  if (typeof addHeader !== 'function') return;
  request.addHeader = (name, value) => {
    const lower = name.toLowerCase();
    if (lower === 'baggage') {
      const own = placesOf(headers, lower).map((place) => String(headers[place + 1]));
      flatHeaders(headers).delete(lower);
      const merged = mergeBaggage(value, membersOf(own.join(','))).text;
      return addHeader.call(request, name, merged);
    }
    for (const { names } of kept) {
      if (!names.includes(lower)) continue;
      dropFirstOf(headers, lower, names);
      if (lower === 'traceparent') dropFirstOf(headers, 'tracestate', names);
    }
    return addHeader.call(request, name, value);
  };
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
  const outgoing = flatHeaders(headers);
  const theirs = outgoing.get('baggage');
  const text = Array.isArray(theirs) ? theirs.join(',') : String(theirs);
  outgoing.set('baggage', mergeBaggage(text, membersOf(own)).text);
}

interface SentHeaders {
  readonly request: UndiciRequest;
  /** The head of the request as it is about to be written. */
  readonly headers: string;
  readonly socket: Socket;
}

/**
 * undici tells nobody that a connection is a Unix socket before it writes the head to it, so it is here that ours are
 * taken out: the next write begins with this head.
 */
function onSendHeaders({ request, headers, socket }: SentHeaders): void {
  const added = ours.get(request);
  if (added === undefined || typeof headers !== 'string' || socket.remoteFamily !== undefined) return;
  const head = withoutOurs(headers, added);
  const { write } = socket;
  socket.write = ((chunk: unknown, ...rest: never[]) => {
    socket.write = write;
    const text = typeof chunk === 'string' && chunk.startsWith(headers);
    return socket.write((text ? head + chunk.slice(headers.length) : chunk) as string, ...rest);
  }) as typeof write;
}

function withoutOurs(head: string, added: readonly Added[]): string {
  const [requestLine, ...lines] = head.slice(0, -2).split('\r\n');
  const flat = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  for (const one of added) removeHeaders(one, flatHeaders(flat));
  let text = `${requestLine}\r\n`;
  for (let at = 0; at < flat.length; at += 2) text += `${flat[at]}: ${flat[at + 1]}\r\n`;
  return text;
}
