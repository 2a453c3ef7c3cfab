import type { AccessRecord } from '../src/proxy/access-record.js';
import { Exchange } from '../src/proxy/exchange/exchange.js';
import { RequestContext } from '../src/proxy/exchange/request-context.js';
import { defaultLimits, type ProxyLimits } from '../src/proxy/limits.js';
import type { RequestHead } from '../src/proxy/message/request.js';
import type { ProxyOptions } from '../src/proxy/options.js';
import type { Runtime } from '../src/proxy/runtime.js';
import { requestTarget } from '../src/proxy/target.js';
import type { TryResult } from '../src/proxy/upstream/outlier-detector.js';
import type { UpstreamCluster } from '../src/proxy/upstream/upstream-cluster.js';
import { headerList, valuesOf } from './header-list.js';
import { PlayedClient } from './played-client.js';
import type { PlayedStream } from './played-stream.js';
import { PlayedUpstreams, type Upstream } from './played-upstreams.js';

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
