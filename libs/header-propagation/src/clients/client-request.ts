import { ClientRequest, type RequestOptions } from 'node:http';
import type { Captured } from '../captured.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { removeHeaders } from '../inject.js';
import { parseUrl, type TargetAddress } from '../target-address.js';
import { carriedMark, markAmong } from './carried-mark.js';
import type { Mark } from './mark.js';
import { AddedLines, flatCopy, type HeadersToWrite } from './request-head.js';

/** What one propagation captured of the request at hand. */
export interface Source {
  readonly propagation: HeaderPropagation;
  readonly captured: Captured;
}

/** A call of `http.request`: what its arguments say, in whichever form they are, and what goes along. */
export class Call {
  readonly sources: readonly Source[];
  readonly options: RequestOptions;
  readonly #url: unknown;

  /** @param args (url), (options) or (url, options), each with a callback */
  constructor(sources: readonly Source[], [first, second]: readonly unknown[]) {
    const isUrl = typeof first === 'string' || first instanceof URL;
    const options = isUrl ? second : first;
    this.sources = sources;
    this.options = typeof options === 'object' && options !== null ? options : {};
    this.#url = isUrl ? first : undefined;
  }

  /** The port; undefined when the protocol says it. Options go before a URL, even where they say nothing. */
  get port(): number | string | undefined {
    const { options } = this;
    const url = typeof this.#url === 'string' ? parseUrl(this.#url) : (this.#url as URL | undefined);
    return ('port' in options ? options.port : url?.port) || options.defaultPort || undefined;
  }
}

const CALL = Symbol('header-propagation.call');
const SOURCES = Symbol('header-propagation.sources');

/** A request and what Node calls on it, once, to write its head: `end`, `write`, `flushHeaders` and `pipe` all come by here. */
interface Writer extends ClientRequest {
  _storeHeader?: StoreHeader;
  _send?: (data: string, encoding: string) => boolean;
  [CALL]?: Call | undefined;
  /** What goes along with a request that was made by another way than `requestFor`. */
  [SOURCES]?: readonly Source[];
}

type StoreHeader = (this: Writer, requestLine: string, headers: HeadersToWrite) => void;

/** The call whose request is being made and whose head Node may write at once. */
let atOnce: Call | undefined;

/** Whether a request is being made by `requestFor`. */
let making = false;

/**
 * Makes a request and adds to it when its head is written: what the application set until then wins, and what is added
 * is in the text alone, where nobody reads it and sends it on.
 */
export function requestFor(call: Call, request: () => ClientRequest): ClientRequest {
  if (isWrittenAtOnce(call.options)) atOnce = call;
  const nested = making;
  making = true;
  try {
    const sent: Writer = request();
    sent[CALL] = call;
    // A stand-in of a test may write in a way of its own.
    if (typeof sent._storeHeader !== 'function') addToStandIn(sent, call);
    return sent;
  } finally {
    atOnce = undefined;
    making = nested;
  }
}

/**
 * Adds to a request that somebody else makes just now, unless Node has written its head at once: one of a function that was
 * taken from `node:http` before it was replaced, or that an instrumentation's loader hands to ES modules.
 */
export function adopt(request: ClientRequest, sources: () => readonly Source[]): void {
  if (!making) (request as Writer)[SOURCES] = sources();
}

/** Node writes the head in the constructor where headers are a list, and where `Expect` is among them. */
function isWrittenAtOnce({ headers }: RequestOptions): boolean {
  if (Array.isArray(headers)) return true;
  for (const name in headers) if (name.length === 6 && name.toLowerCase() === 'expect') return true;
  return false;
}

function addToStandIn(request: ClientRequest, call: Call): void {
  const target = receiverOf(request, call);
  if (target === undefined || request.headersSent) return;
  const outgoing = {
    has: (name: string) => request.hasHeader(name),
    get: (name: string) => request.getHeader(name),
    set: (name: string, value: string | string[]) => request.setHeader(name, value),
  };
  for (const { propagation, captured } of call.sources)
    propagation.injectInto(captured, target, () => outgoing);
}

const prototype = ClientRequest.prototype as Writer;

/** What was there before ours: Node's own, or that of another copy of this library. */
let storeBefore: StoreHeader | undefined;

/** Looks at every head that Node writes for a client. Without it, requests have nothing of ours. */
export function watchClientRequests(): void {
  if (storeBefore !== undefined) return;
  storeBefore = prototype._storeHeader;
  prototype._storeHeader = storeHeader;
}

function storeHeader(this: Writer, requestLine: string, headers: HeadersToWrite): void {
  const call = this[CALL] ?? atOnce;
  atOnce = undefined;
  const sources = call?.sources ?? this[SOURCES] ?? [];
  const carried = carriedMark();
  const mark = carried && markAmong(flatCopy(headers).outgoing, carried);
  if (sources.length === 0 && mark === undefined) store(this, requestLine, headers);
  else if (mark === undefined && sources.length === 1 && AddedLines.suit(headers)) {
    const lines = new AddedLines(headers);
    const [source] = sources;
    const target = receiverOf(this, call);
    if (target !== undefined) source?.propagation.injectInto(source.captured, target, () => lines);
    store(this, requestLine + lines.text, headers, lines.text);
  } else {
    const list = changedList(headers, { mark, sources, target: receiverOf(this, call) });
    store(this, requestLine, list, String(list));
  }
}

interface Changes {
  readonly sources: readonly Source[];
  readonly mark: Mark | undefined;
  readonly target: TargetAddress | undefined;
}

function changedList(headers: HeadersToWrite, { sources, mark, target }: Changes): readonly unknown[] {
  const { flat, outgoing } = flatCopy(headers);
  const keeps = target !== undefined && mark?.propagation?.allows(target);
  if (mark !== undefined && !keeps) removeHeaders(mark.added, outgoing);
  if (target !== undefined) {
    for (const { propagation, captured } of sources) {
      propagation.injectInto(captured, target, () => outgoing);
    }
  }
  return flat;
}

const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * Node writes a head together with a body of text, and with `Expect` alone, as UTF-8, where each byte beyond ASCII
 * becomes two: a head with bytes of ours goes out by itself.
 */
function store(request: Writer, requestLine: string, headers: HeadersToWrite, ours = ''): void {
  const alone = BEYOND_ASCII.test(ours);
  if (alone) request._send = () => true;
  try {
    storeBefore?.call(request, requestLine, headers);
  } finally {
    if (alone) Reflect.deleteProperty(request, '_send');
  }
  if (alone) request._send?.('', 'latin1');
}

/** The receiver; undefined for a Unix socket, which has no host, and for CONNECT, which asks a proxy for a tunnel. */
function receiverOf(request: Writer, call: Call | undefined): TargetAddress | undefined {
  const { agent, socketPath, method, path } = request as Writer & { agent?: MaybeAgent; socketPath?: string };
  if (socketPath || agent?.options?.socketPath || method === 'CONNECT') return undefined;
  // A path in absolute-form goes to a forward proxy; its receiver is the host in the path.
  if (!path.startsWith('/') && /^https?:\/\//i.test(path)) return path;
  return new Receiver(request, call);
}

interface MaybeAgent {
  readonly options?: { readonly socketPath?: string };
  readonly defaultPort?: number;
}

/** Most targets are known by their hosts, and a URL is parsed only for one that names a port. */
class Receiver {
  readonly #request: Writer;
  readonly #call: Call | undefined;

  constructor(request: Writer, call: Call | undefined) {
    this.#request = request;
    this.#call = call;
  }

  get scheme(): string {
    return this.#request.protocol;
  }

  get host(): string {
    return this.#request.host;
  }

  get path(): string {
    return this.#request.path;
  }

  get port(): number | string {
    const agent = (this.#request as { agent?: MaybeAgent }).agent;
    return (this.#call === undefined ? this.#portOfHost() : this.#call.port) || agent?.defaultPort || 0;
  }

  /** A request that was made by another way than ours tells its port in `Host` alone, which anybody may set. */
  #portOfHost(): string {
    const url = parseUrl(`${this.scheme}//${this.#request.getHeader('host')}`);
    return url?.hostname === this.host ? url.port : '-1';
  }
}
