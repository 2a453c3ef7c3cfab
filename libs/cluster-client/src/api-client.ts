import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import type { ClusterAccess, ConnectOptions, Credentials } from './cluster-access.js';
import { ApiError, ApiUnreachableError, ClusterConfigError, type RequestSubject } from './errors.js';

/** How the API is asked. */
export interface ApiClientOptions {
  /** How long an answer may take, in milliseconds; 30 s by default, 0 for no limit. What a watch tells may take longer. */
  readonly requestTimeout?: number;
  /** Names this program in the API server's audit log. */
  readonly userAgent?: string;
}

/** One request. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** The media type of the body; `application/json` by default. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** What it is about, for messages. */
  readonly subject: RequestSubject;
}

/** Requests share so many connections; each watch has one of its own. */
const requestConnections = 4;

/** Requests to one API server over one pool of connections. */
export class ApiClient {
  private pools: Pools | undefined;

  constructor(
    readonly access: ClusterAccess,
    private readonly options: ApiClientOptions = {},
  ) {}

  /**
   * Sends a request and reads its JSON.
   * @throws ApiError what the server refused; ApiUnreachableError no answer came; ClusterConfigError the login failed
   */
  async send<Answer>(wanted: ApiRequest): Promise<Answer> {
    const { statusCode, body } = await this.answer(wanted, 'requests');
    const text = await body.text().catch((cause) => Promise.reject(this.unreachable(wanted, cause)));
    if (statusCode >= 300) throw toApiError(statusCode, text, wanted.subject);
    return JSON.parse(text) as Answer;
  }

  /**
   * Opens an answer that goes on: the lines of a watch.
   * @param silence the longest time without a word from the server, in milliseconds; after it the connection counts as lost
   * @throws as {@link send}, and while lines are read ApiUnreachableError
   */
  async open(wanted: ApiRequest, silence: number): Promise<AsyncGenerator<unknown>> {
    const { statusCode, body } = await this.answer(wanted, 'streams', silence);
    if (statusCode >= 300) throw toApiError(statusCode, await body.text(), wanted.subject);
    return this.lines(wanted, body);
  }

  private async *lines(wanted: ApiRequest, body: Dispatcher.ResponseData['body']): AsyncGenerator<unknown> {
    body.setEncoding('utf8');
    let rest = '';
    try {
      for await (const chunk of body) {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        for (const line of parts) if (line !== '') yield JSON.parse(line);
      }
    } catch (cause) {
      if (wanted.signal?.aborted) return;
      throw this.unreachable(wanted, cause);
    }
  }

  /** Closes the connections; requests in flight are cut. */
  async close(): Promise<void> {
    await Promise.all([this.pools?.requests.destroy(), this.pools?.streams.destroy()]);
    this.pools = undefined;
  }

  /** An exec plugin's token may have been revoked before its time: one 401 is asked again with fresh credentials. */
  private async answer(wanted: ApiRequest, use: PoolUse, silence?: number): Promise<Dispatcher.ResponseData> {
    const credentials = await this.access.credentials();
    const answer = await this.dispatch(wanted, credentials, { use, silence });
    if (answer.statusCode !== 401) return answer;
    const again = await this.access.credentials(true);
    if (sameHeaders(again, credentials)) return answer;
    await answer.body.dump();
    return this.dispatch(wanted, again, { use, silence });
  }

  private async dispatch(
    { method, path, query = {}, body, contentType = 'application/json', signal, ...rest }: ApiRequest,
    { headers, connect }: Credentials,
    { use, silence }: { use: PoolUse; silence: number | undefined },
  ): Promise<Dispatcher.ResponseData> {
    const timeout = this.options.requestTimeout ?? 30_000;
    const url = new URL(this.access.server + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    try {
      return await request(url, {
        method,
        dispatcher: this.poolsFor(connect)[use],
        headers: {
          accept: 'application/json',
          'user-agent': this.options.userAgent ?? 'grayscale',
          ...(body !== undefined && { 'content-type': contentType }),
          ...headers,
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeout,
        bodyTimeout: silence ?? timeout,
        ...(signal && { signal }),
      });
    } catch (cause) {
      throw this.unreachable(rest, cause);
    }
  }

  /** The same pools, until a plugin hands out another client certificate. */
  private poolsFor(connect: ConnectOptions): Pools {
    const key = JSON.stringify([connect.ca, connect.cert, connect.key, connect.servername].map(String));
    if (this.pools?.key !== key) {
      void this.pools?.requests.close();
      void this.pools?.streams.close();
      const { proxyUrl } = this.access;
      const requests = createDispatcher({ connect, proxyUrl, connections: requestConnections });
      this.pools = { key, requests, streams: createDispatcher({ connect, proxyUrl, connections: null }) };
    }
    return this.pools;
  }

  private unreachable({ subject }: Pick<ApiRequest, 'subject'>, cause: unknown): Error {
    if (cause instanceof ClusterConfigError) return cause;
    return new ApiUnreachableError(this.access.server, subject, { cause });
  }
}

type PoolUse = 'requests' | 'streams';

/** Connections with one set of certificates. */
interface Pools extends Record<PoolUse, Dispatcher> {
  readonly key: string;
}

function createDispatcher({ connect, proxyUrl, connections }: DispatcherOptions): Dispatcher {
  const pool = { connections, keepAliveTimeout: 30_000, allowH2: false };
  if (proxyUrl === undefined) return new Agent({ ...pool, connect });
  if (!/^https?:/.test(proxyUrl)) {
    throw new ClusterConfigError(`proxy-url ${proxyUrl} is not supported; use an http:// or https:// proxy`);
  }
  return new ProxyAgent({ ...pool, uri: proxyUrl, requestTls: connect });
}

interface DispatcherOptions {
  connect: ConnectOptions;
  proxyUrl: string | undefined;
  /** The most of them; null: as many as are asked for. */
  connections: number | null;
}

function sameHeaders(one: Credentials, other: Credentials): boolean {
  return JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

function toApiError(status: number, text: string, subject: RequestSubject): ApiError {
  const { reason, message } = parseStatus(text);
  if (status === 404 && unserved.has(message ?? text.trim())) {
    const detail = `The API server does not serve ${subject.resource}: its definition is not installed, or this is not the cluster that is meant`;
    return new ApiError(status, reason ?? 'NotFound', subject, detail);
  }
  return new ApiError(
    status,
    reason ?? 'Unknown',
    subject,
    message ?? (text.slice(0, 200) || `status ${status}`),
  );
}

/** What Kubernetes answers for an API group, and for a kind of a group, that it does not have. */
const unserved: ReadonlySet<string> = new Set([
  '404 page not found',
  'the server could not find the requested resource',
]);

/** Kubernetes answers a refusal with an object of its kind Status; what stands in front of it may not. */
function parseStatus(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    return {};
  }
}
