import type { InternalAxiosRequestConfig } from 'axios';
import { getProxyForUrl } from 'proxy-from-env';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';

/** Origins whose proxy is remembered. */
const MAX_REMEMBERED = 1000;

/** Where requests go. */
export interface RoutesOptions {
  /** The proxy for a URL, or an empty string. By default `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` decide, in either case. */
  readonly proxyFor?: (url: string) => string;
  /** How long a connection may take, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** Who takes a request, and what its request line and head need for that. */
export interface Hop {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** The request target: absolute when a proxy reads it. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Keep-alive pools, and the choice between the origin and a proxy. */
export class Routes {
  private readonly agent: Agent;
  private readonly environment = new Map<string, URL | undefined>();
  private readonly tunnels = new Map<string, ProxyAgent>();
  private readonly proxyFor: (url: string) => string;
  private readonly pool: Agent.Options;

  constructor({ proxyFor = getProxyForUrl, connectTimeoutMs = 10_000 }: RoutesOptions) {
    // The time limits of axios govern; undici's own would end long downloads.
    this.pool = { headersTimeout: 0, bodyTimeout: 0, allowH2: false, connect: { timeout: connectTimeoutMs } };
    this.agent = new Agent(this.pool);
    this.proxyFor = proxyFor;
  }

  /** How to reach a URL: plain HTTP in absolute form through a proxy, HTTPS through a tunnel. */
  hopTo(url: URL, config: InternalAxiosRequestConfig): Hop {
    const target = url.pathname + url.search;
    const proxy = this.proxyOf(url, config);
    if (proxy === undefined) return { dispatcher: this.agent, origin: url.origin, target, headers: {} };
    if (url.protocol === 'https:') {
      return { dispatcher: this.tunnelThrough(proxy), origin: url.origin, target, headers: {} };
    }
    const credentials = basicCredentials(proxy);
    return {
      dispatcher: this.agent,
      origin: proxy.origin,
      target: url.origin + target,
      headers: { host: url.host, ...(credentials && { 'proxy-authorization': credentials }) },
    };
  }

  /** Waits for requests in flight, then closes every connection. */
  async close(): Promise<void> {
    await Promise.all([this.agent, ...this.tunnels.values()].map((dispatcher) => dispatcher.close()));
  }

  private proxyOf(url: URL, { proxy }: InternalAxiosRequestConfig): URL | undefined {
    if (proxy === false) return undefined;
    if (!proxy) return this.environmentProxy(url);
    const given = new URL(`${(proxy.protocol ?? 'http').replace(/:$/, '')}://${proxy.host}:${proxy.port}`);
    given.username = encodeURIComponent(proxy.auth?.username ?? '');
    given.password = encodeURIComponent(proxy.auth?.password ?? '');
    return given;
  }

  /** The environment is asked once for each origin: it does not change, and asking parses the URL anew. */
  private environmentProxy(url: URL): URL | undefined {
    const { origin } = url;
    if (!this.environment.has(origin)) {
      const found = this.proxyFor(url.href);
      if (this.environment.size >= MAX_REMEMBERED) this.environment.clear();
      this.environment.set(origin, found === '' ? undefined : new URL(found));
    }
    return this.environment.get(origin);
  }

  private tunnelThrough(proxy: URL): ProxyAgent {
    const known = this.tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const token = basicCredentials(proxy);
    const created = new ProxyAgent({ ...this.pool, uri: proxy.origin, ...(token && { token }) });
    this.tunnels.set(proxy.href, created);
    return created;
  }
}

function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
