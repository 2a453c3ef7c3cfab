import type { Address } from '../src/proxy/address.js';
import { encodeRequest } from '../src/proxy/http1/message-encoder.js';
import type { OutgoingRequest } from '../src/proxy/message/request.js';
import { Dialler } from '../src/proxy/upstream/dialler.js';
import { type ConnectionSettings, Host, type HostOwner, type Protocol } from '../src/proxy/upstream/host.js';
import type { TryResult } from '../src/proxy/upstream/outlier-detector.js';
import type { StreamHandler, UpstreamStream } from '../src/proxy/upstream/stream.js';
import { UpstreamCluster } from '../src/proxy/upstream/upstream-cluster.js';
import { Upstreams } from '../src/proxy/upstream/upstreams.js';
import { PlayedStream } from './played-stream.js';

/** Nothing is dialled: streams are played. */
const dialler = new Dialler({
  dial: (address) => address,
  lookup: () => {},
  isOwn: () => false,
  trusted: () => [],
});

/** Everything that leaves for servers, in order. */
export interface Upstream {
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

/** Clusters whose hosts take each request and leave the answer to a test. */
export class PlayedUpstreams extends Upstreams {
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
