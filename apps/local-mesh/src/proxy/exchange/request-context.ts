import type { RouteRequest } from '@grayscale/traffic-rules';
import { connectionOptions } from '../headers/hop-by-hop.js';
import {
  clientHeaders,
  headersAtEdge,
  type UpstreamHeaders,
  upstreamHeaders,
} from '../headers/request-headers.js';
import type { RequestHead } from '../message/request.js';
import type { Runtime } from '../runtime.js';
import type { RequestTarget } from '../target.js';
import type { Client } from './client.js';
import { RequestBody } from './request-body.js';
import { requestedUpgrade } from './requested-upgrade.js';

/** A request as it came, for all that act on it; nobody changes it. */
export class RequestContext {
  readonly body: RequestBody;
  /** What its `connection` header lists, in lower case. */
  readonly connection: ReadonlySet<string>;
  /** The protocol that the client wants to change to. */
  readonly upgrade: string | undefined;
  /** The client's headers as rules see them and as they leave. */
  readonly headers: UpstreamHeaders;
  /** What the engine is asked. */
  readonly request: RouteRequest;
  /** The request with the headers that leave, as values of headers quote it. */
  readonly seen: RouteRequest;
  /** Milliseconds since 1970. */
  readonly startTime = Date.now();
  readonly #started = performance.now();

  /** Throws MalformedMessage. */
  constructor(
    readonly runtime: Runtime,
    readonly client: Client,
    readonly head: RequestHead,
    readonly target: RequestTarget,
  ) {
    const { method } = head;
    const { scheme, authority, port, path } = target;
    this.body = new RequestBody(client, runtime.limits.maxReplayBytes);
    this.connection = connectionOptions(head.headers);
    this.upgrade = requestedUpgrade(head, this.connection);
    const list = clientHeaders(head.headers, this);
    const asked = { method, scheme, authority, port, path, headers: list };
    if (runtime.options.gateway === undefined) {
      this.headers = upstreamHeaders(list);
      this.request = this.seen = asked;
      return;
    }
    const { tls } = client;
    const remoteAddress = client.address.slice(0, client.address.lastIndexOf(':'));
    const ofConnection = tls === undefined ? 'http' : 'https';
    this.headers = headersAtEdge(list, {
      remoteAddress,
      scheme: ofConnection,
      forwardedClientCert: tls?.forwardedClientCert,
    });
    this.request = { ...asked, remoteAddress, ...(tls !== undefined && { tls }) };
    this.seen = { ...asked, scheme: ofConnection, headers: this.headers.list };
  }

  /** The target is a URL: credentials for a proxy are meant for this one. */
  get isToProxy(): boolean {
    return !this.head.target.startsWith('/');
  }

  /** The connection ends after the answer. */
  get closes(): boolean {
    const isOld = this.head.version === '1.0';
    return this.connection.has('close') || this.upgrade !== undefined || isOld || this.runtime.draining;
  }

  elapsedMs(): number {
    return performance.now() - this.#started;
  }
}
