import type { Duplex } from 'node:stream';
import type { AccessRecord } from '../src/proxy/access-record.js';
import type { Address } from '../src/proxy/address.js';
import type { Client } from '../src/proxy/exchange/client.js';
import { Exchange } from '../src/proxy/exchange/exchange.js';
import { RequestContext } from '../src/proxy/exchange/request-context.js';
import type { ResponseWriter } from '../src/proxy/exchange/response-writer.js';
import { encodeRequest, encodeResponse } from '../src/proxy/http1/message-encoder.js';
import { defaultLimits, type ProxyLimits } from '../src/proxy/limits.js';
import type { OutgoingRequest, RequestHead } from '../src/proxy/message/request.js';
import type { OutgoingResponse } from '../src/proxy/message/response.js';
import type { ProxyOptions } from '../src/proxy/options.js';
import type { Runtime } from '../src/proxy/runtime.js';
import { requestTarget } from '../src/proxy/target.js';
import { Dialler } from '../src/proxy/upstream/dialler.js';
import { type ConnectionSettings, Host, type HostOwner, type Protocol } from '../src/proxy/upstream/host.js';
import type { TryResult } from '../src/proxy/upstream/outlier-detector.js';
import type { StreamHandler, UpstreamStream } from '../src/proxy/upstream/stream.js';
import { UpstreamCluster } from '../src/proxy/upstream/upstream-cluster.js';
import { Upstreams } from '../src/proxy/upstream/upstreams.js';
import { headerList } from './header-list.js';

/** Nothing is dialled: streams are played. */
const dialler = new Dialler({
  dial: (address) => address,
  lookup: () => {},
  isOwn: () => false,
  trusted: () => [],
});

/** A request as a server gets it, and the answer that a test has it give. */
export class PlayedStream implements UpstreamStream {
  body = '';
  trailers: readonly string[] | undefined;
  paused = false;
  cancelled = false;
  flushed = false;
  /** It takes no more of the body for now. */
  full = false;

  constructor(
    readonly host: string,
    readonly protocol: Protocol,
    readonly request: OutgoingRequest,
    readonly handler: StreamHandler,
  ) {}

  /** The values of a header of the request. */
  header(name: string): string[] {
    return valuesOf(this.request.headers, name);
  }

  connects(): this {
    this.handler.onConnected(this);
    return this;
  }

  /** @param headers names and values in turn */
  answersHead(status: number, headers: string[] = [], bodyLength: number | undefined = 0): this {
    this.handler.onHead({ status, headers: headerList(...headers), bodyLength });
    return this;
  }

  informs(status: number, headers: string[] = []): this {
    this.handler.onInformational({ status, headers: headerList(...headers), bodyLength: 0 });
    return this;
  }

  sends(text: string): this {
    this.handler.onData(Buffer.from(text));
    this.handler.onFlush();
    return this;
  }

  ends(trailers: readonly string[] = []): void {
    this.handler.onEnd(trailers);
  }

  /** A whole answer. */
  answers(status: number, headers: string[] = [], body = ''): void {
    this.answersHead(status, headers, body.length);
    if (!this.cancelled && body !== '') this.sends(body);
    if (!this.cancelled) this.ends();
  }

  changesProtocol(headers: string[], socket: Duplex, rest = ''): void {
    const head = { status: 101, headers: headerList(...headers), bodyLength: 0 };
    this.handler.onUpgrade(head, socket, Buffer.from(rest));
  }

  write(data: Buffer): boolean {
    this.body += data;
    return !this.full;
  }

  end(trailers: readonly string[]): void {
    this.trailers = trailers;
  }

  flush(): void {
    this.flushed = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  cancel(): void {
    this.cancelled = true;
  }
}

/** Everything that leaves for servers, in order. */
interface Upstream {
  readonly streams: PlayedStream[];
  readonly results: Array<[host: string, result: TryResult]>;
}

class PlayedHost extends Host {
  constructor(
    address: Address,
    settings: ConnectionSettings,
    owner: HostOwner,
    private readonly upstream: Upstream,
  ) {
    super(address, settings, dialler, owner);
  }

  /** As a codec does, it refuses what may not be sent. */
  override request(protocol: Protocol, request: OutgoingRequest, handler: StreamHandler): UpstreamStream {
    encodeRequest(request);
    const stream = new PlayedStream(String(this.address.port), protocol, request, handler);
    this.upstream.streams.push(stream);
    return stream;
  }

  override report(result: TryResult): void {
    this.upstream.results.push([String(this.address.port), result]);
    super.report(result);
  }
}

class PlayedCluster extends UpstreamCluster {
  readonly #hosts = new Map<string, Host>();

  constructor(private readonly upstream: Upstream) {
    super(dialler);
  }

  override hostAt(address: Address): Host {
    const key = `${address.host} ${address.port}`;
    const settings = {
      connectTimeoutMs: 0,
      idleTimeoutMs: 0,
      maxRequestsPerConnection: 0,
      maxConcurrentStreams: 0,
    };
    const host = this.#hosts.get(key) ?? new PlayedHost(address, settings, this, this.upstream);
    this.#hosts.set(key, host);
    return host;
  }
}

class PlayedUpstreams extends Upstreams {
  readonly #clusters = new Map<string, PlayedCluster>();

  constructor(private readonly upstream: Upstream) {
    super(dialler);
  }

  override of(cluster: Parameters<Upstreams['of']>[0]): UpstreamCluster {
    const played = this.#named(cluster.name);
    played.update(cluster);
    return played;
  }

  override get passThrough(): UpstreamCluster {
    return this.#named('PassthroughCluster');
  }

  #named(name: string): PlayedCluster {
    const cluster = this.#clusters.get(name) ?? new PlayedCluster(this.upstream);
    this.#clusters.set(name, cluster);
    return cluster;
  }
}

/** What a client gets, and what is done to its connection. */
export class PlayedClient implements Client, ResponseWriter {
  address = '127.0.0.1:40000';
  localAddress = '127.0.0.9';
  tls: Client['tls'];
  status = 0;
  bytesSent = 0;
  announcedClose = false;
  headers: readonly string[] = [];
  bodyLength: number | undefined;
  body = '';
  trailers: readonly string[] | undefined;
  informed: Array<[status: number, headers: readonly string[]]> = [];
  /** Undefined: the answer is not complete; otherwise whether the connection takes another request. */
  reusable: boolean | undefined;
  destroyed = false;
  /** It takes no more of the answer for now. */
  full = false;
  paused = false;
  tunnel: { peer: Duplex; rest: string; onClosed: () => void } | undefined;
  #request: RequestHead | undefined;

  /** The values of a header of the answer. */
  header(name: string): string[] {
    return valuesOf(this.headers, name);
  }

  respond(request: RequestHead): ResponseWriter {
    this.#request = request;
    return this;
  }

  informational(status: number, headers: readonly string[]): void {
    this.informed.push([status, headers]);
  }

  head(response: OutgoingResponse): void {
    encodeResponse(response, this.#request as RequestHead);
    ({ status: this.status, headers: this.headers, bodyLength: this.bodyLength } = response);
    this.announcedClose = response.close;
  }

  data(data: Buffer): void {
    this.body += data;
    this.bytesSent += data.length;
  }

  end(trailers: readonly string[]): void {
    this.trailers = trailers;
  }

  flush(): boolean {
    return !this.full;
  }

  finished(reusable: boolean): void {
    this.reusable = reusable;
  }

  destroy(): void {
    this.destroyed = true;
  }

  upgrade(peer: Duplex, rest: Buffer, onClosed: () => void): void {
    this.tunnel = { peer, rest: String(rest), onClosed };
  }

  pauseBody(): void {
    this.paused = true;
  }

  resumeBody(): void {
    this.paused = false;
  }
}

export interface PlayedRequest {
  method?: string;
  target?: string;
  version?: RequestHead['version'];
  /** Names and values in turn; without a Host it is `back.ext`. */
  headers?: string[];
  /** `undefined`: unknown. */
  bodyLength?: number | undefined;
}

/** One exchange without sockets: a test plays its client and its servers, rules and all between them are real. */
export class PlayedExchange {
  readonly client = new PlayedClient();
  readonly records: AccessRecord[] = [];
  readonly exchange: Exchange;
  readonly context: RequestContext;
  readonly runtime: Runtime;
  readonly #upstream: Upstream = { streams: [], results: [] };
  static readonly #played: PlayedExchange[] = [];

  /** @param draws what chance says, one after the other, then always 0 */
  constructor(
    options: ProxyOptions,
    { method = 'GET', target = '/', version = '1.1', headers = [], ...more }: PlayedRequest = {},
    { draws = [], limits = {} }: { draws?: number[]; limits?: Partial<ProxyLimits> } = {},
  ) {
    this.runtime = {
      options: { onComplete: (record) => this.records.push(record), ...options },
      limits: { ...defaultLimits, ...limits },
      serverName: 'envoy',
      random: () => draws.shift() ?? 0,
      upstreams: new PlayedUpstreams(this.#upstream),
      lookup: async () => true,
      stats: { connections: 1, activeRequests: 1, requests: 1 },
      draining: false,
    };
    const sent = valuesOf(headers, 'host').length > 0 ? headers : ['Host', 'back.ext', ...headers];
    const bodyLength = 'bodyLength' in more ? more.bodyLength : 0;
    const head: RequestHead = { method, target, version, headers: headerList(...sent), bodyLength };
    this.context = new RequestContext(this.runtime, this.client, head, requestTarget(head, undefined));
    this.exchange = new Exchange(this.context);
    if (bodyLength === 0) this.exchange.onEnd([]);
    PlayedExchange.#played.push(this);
  }

  /** Ends what a test has left under way; to be called after each. */
  static endAll(): void {
    for (const { exchange } of PlayedExchange.#played.splice(0)) exchange.onClientGone();
  }

  start(): this {
    this.exchange.start();
    return this;
  }

  get streams(): readonly PlayedStream[] {
    return this.#upstream.streams;
  }

  /** What servers were found to be, in order. */
  get results(): ReadonlyArray<[host: string, result: TryResult]> {
    return this.#upstream.results;
  }

  /** The newest request to a server. */
  get stream(): PlayedStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('no request has left');
    return stream;
  }

  /** The cluster that the rules choose for the request. */
  get cluster(): UpstreamCluster {
    const decision = this.runtime.options.route(this.context.request, 0);
    if (decision.kind !== 'forward') throw new Error(decision.kind);
    return this.runtime.upstreams.of(decision.cluster);
  }

  /** Waits for so many requests to servers; fails when the exchange ends with fewer. */
  async left(count: number): Promise<PlayedStream> {
    await this.#until(() => {
      if (this.streams.length < count && this.records.length > 0)
        throw new Error(`over with ${this.streams.length} requests to servers`);
      return this.streams.length >= count;
    });
    return this.stream;
  }

  /** Waits until the exchange is over. */
  async over(): Promise<AccessRecord> {
    await this.#until(() => this.records.length > 0);
    return this.records[0] as AccessRecord;
  }

  async #until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('waited for 10 s');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
