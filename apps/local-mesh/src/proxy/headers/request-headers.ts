import { randomUUID } from 'node:crypto';
import {
  type EdgeConnection,
  edgeHeaders,
  inlineHeaders,
  internalHeaders,
  joinLines,
} from '@grayscale/traffic-rules';
import { type HeaderList, valueIndex } from '../message/header-list.js';
import { hopByHop } from './hop-by-hop.js';

const proxyCredentials = 'proxy-authorization';

/** A client's headers as rules see them and as they leave: what Envoy's connection manager makes of them before it looks for a route. */
export interface UpstreamHeaders {
  /** Lower-case names and values in turn; the Host is not among them. */
  list: string[];
  requestId: string;
}

export interface UpstreamHeadersOptions {
  connection: ReadonlySet<string>;
  /** The request names the proxy as such (a URL as its target), so credentials for a proxy are ours and end here. */
  isToProxy: boolean;
  /** The protocol that the client wants to change to; `connection` and `upgrade` stay then. */
  upgrade: string | undefined;
}

/** What a client sent, without what is the proxy's own; repeated lines of inline headers are joined where the first of them stands. */
export function clientHeaders({ raw, names }: HeaderList, options: UpstreamHeadersOptions): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const value = raw[2 * i + 1] as string;
    if (name === 'host' || isDropped(name, value, options)) continue;
    const first = inlineHeaders.has(name) ? valueIndex(list, name) : 0;
    if (first > 0) list[first] = joinLines(list[first] as string, value);
    else list.push(name, name === 'te' ? 'trailers' : value);
  }
  return list;
}

/** Adds to a client's headers what is missing, a request id before all: rules see it. */
export function upstreamHeaders(list: string[]): UpstreamHeaders {
  if (valueIndex(list, 'x-forwarded-proto') === 0) list.push('x-forwarded-proto', 'http');
  return { list, requestId: ensureRequestId(list) };
}

/** The same where the proxy is a gateway, to which clients come from outside. */
export function headersAtEdge(list: readonly string[], connection: EdgeConnection): UpstreamHeaders {
  const own = edgeHeaders(list, connection);
  return { list: own, requestId: ensureRequestId(own) };
}

/** An empty id is replaced where it stands, a missing one is added at the end. */
function ensureRequestId(list: string[]): string {
  const index = valueIndex(list, 'x-request-id');
  if (index > 0 && list[index] !== '') return list[index] as string;
  const requestId = randomUUID();
  if (index > 0) list[index] = requestId;
  else list.push('x-request-id', requestId);
  return requestId;
}

/** For a port without an HTTP listener: the client's headers as they are, but for those of its connection to us. */
export function untouchedHeaders({ raw, names }: HeaderList, options: UpstreamHeadersOptions): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name !== 'host' && !endsHere(name, options))
      list.push(raw[2 * i] as string, raw[2 * i + 1] as string);
  }
  return list;
}

/** What differs from try to try. */
export interface AttemptHeaders {
  attempt: number;
  /** 0: no limit. */
  expectedTimeoutMs: number;
  /** What the server of a call is told of its time (Envoy, `FilterUtility::setTimeoutHeaders`). */
  callTimeout?: string;
}

/** A value that the client sent is overwritten where it stands (recorded: `http-grpc-timeout-order`). */
export function withAttempt(
  list: readonly string[],
  { attempt, expectedTimeoutMs, callTimeout }: AttemptHeaders,
): string[] {
  const result = [...list];
  if (expectedTimeoutMs > 0) result.push('x-envoy-expected-rq-timeout-ms', String(expectedTimeoutMs));
  if (callTimeout !== undefined) overwrite(result, 'grpc-timeout', callTimeout);
  overwrite(result, 'x-envoy-attempt-count', String(attempt));
  return result;
}

/** The first line of the name stays where it is. */
function overwrite(list: string[], name: string, value: string): void {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    return;
  }
  list.push(name, value);
}

function isDropped(name: string, value: string, options: UpstreamHeadersOptions): boolean {
  if (name === 'te') return !acceptsTrailers(value);
  return internalHeaders.has(name) || endsHere(name, options);
}

/** Whether a header concerns the client's connection to us alone. */
function endsHere(name: string, { connection, upgrade, isToProxy }: UpstreamHeadersOptions): boolean {
  // What asks for another protocol is named by `connection`, too.
  if (hopByHop.has(name)) return upgrade === undefined || (name !== 'connection' && name !== 'upgrade');
  return connection.has(name) || (isToProxy && name === proxyCredentials);
}

/** Of all that `te` may say, Envoy passes on this alone. */
function acceptsTrailers(te: string): boolean {
  return te.split(',').some((coding) => coding.trim() === 'trailers');
}
