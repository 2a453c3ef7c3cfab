import type { AxiosPromise, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import axios, { AxiosError, AxiosHeaders } from 'axios';
import { Deadline } from './deadline.js';
import { type Exchange, type OutgoingHeaderLines, type RawResponse, startExchange } from './exchange.js';
import { toAxiosError } from './failure.js';
import { followRedirect, isFollowed } from './redirect.js';
import { encodeBody } from './request-body.js';
import { readBody } from './response-body.js';
import { Routes, type RoutesOptions } from './routes.js';

/** How the transport reaches servers. */
export type UndiciTransportOptions = RoutesOptions;

/** As many as axios follows when the request does not say. */
const DEFAULT_MAX_REDIRECTS = 21;

const USER_AGENT = `axios/${axios.VERSION}`;

/** Options of axios' own adapter that have no counterpart here: refused rather than ignored. */
const UNSUPPORTED = [
  'socketPath',
  'transport',
  'httpAgent',
  'httpsAgent',
  'lookup',
  'maxRate',
  'onUploadProgress',
  'onDownloadProgress',
] as const;

/**
 * Sends the requests of axios instances through undici: `axios.create({ adapter: transport.adapter })`.
 * It keeps connections to each origin open, and is several times as fast as axios' own adapter for Node.
 */
export class UndiciTransport {
  private readonly routes: Routes;

  constructor(options: UndiciTransportOptions = {}) {
    this.routes = new Routes(options);
  }

  /** The function for the `adapter` option of axios. */
  readonly adapter = (config: InternalAxiosRequestConfig): AxiosPromise =>
    new Promise((resolve, reject) => {
      const deadline = new Deadline(config, reject);
      this.send(config, deadline)
        .then((response) => settle(response, resolve, reject))
        .catch((error: unknown) => reject(toAxiosError(error, config)))
        .finally(() => deadline.clear());
    });

  /** Closes idle connections; requests in flight finish first. */
  close(): Promise<void> {
    return this.routes.close();
  }

  private async send(config: InternalAxiosRequestConfig, deadline: Deadline): Promise<AxiosResponse> {
    let exchange = await firstExchange(config);
    for (let hops = config.maxRedirects ?? DEFAULT_MAX_REDIRECTS; ; hops--) {
      const raw = await startExchange(exchange, this.routes, deadline);
      if (config.maxRedirects === 0 || !isFollowed(raw)) return this.respond(exchange, raw, deadline);
      raw.body.discard();
      if (hops === 0) {
        throw new AxiosError('Maximum number of redirects exceeded', 'ERR_FR_TOO_MANY_REDIRECTS', config);
      }
      exchange = followRedirect(exchange, raw);
    }
  }

  private async respond(exchange: Exchange, raw: RawResponse, deadline: Deadline): Promise<AxiosResponse> {
    const { config, url } = exchange;
    const headers = new AxiosHeaders(raw.headers);
    const data = await readBody(raw, headers, exchange, deadline);
    const request = { method: exchange.method, host: url.host, path: url.pathname + url.search };
    return {
      data,
      status: raw.status,
      statusText: raw.statusText,
      headers,
      config,
      request: { ...request, protocol: url.protocol, res: { responseUrl: url.href } },
    };
  }
}

async function firstExchange(config: InternalAxiosRequestConfig): Promise<Exchange> {
  refuseUnsupported(config);
  const url = parseUrl(config);
  const { headers } = config;
  const body = config.data === undefined ? undefined : await encodeBody(config.data, headers, config);
  if (config.auth !== undefined || url.href.includes('@')) setAuthorization(url, headers, config);
  const method = (config.method ?? 'get').toUpperCase();
  return { config, method, url, headers: headerLines(headers), body };
}

/** With axios' own defaults where the request says nothing. */
function headerLines(headers: AxiosHeaders): OutgoingHeaderLines {
  const lines: OutgoingHeaderLines = headers.toJSON();
  if (!headers.has('user-agent')) lines['User-Agent'] = USER_AGENT;
  if (!headers.has('accept-encoding')) lines['Accept-Encoding'] = 'gzip, compress, deflate, br';
  return lines;
}

function refuseUnsupported(config: InternalAxiosRequestConfig): void {
  const options: Record<string, unknown> = config as object as Record<string, unknown>;
  const option = UNSUPPORTED.find((name) => options[name] != null);
  if (option !== undefined) {
    throw new AxiosError(
      `${option} is not supported by the undici adapter`,
      AxiosError.ERR_NOT_SUPPORT,
      config,
    );
  }
}

function parseUrl(config: InternalAxiosRequestConfig): URL {
  // getUri merges the whole configuration once more: not for the plain case.
  const plain = config.baseURL === undefined && config.params === undefined;
  const url = new URL(plain ? (config.url ?? '') : axios.getUri(config));
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new AxiosError(`Unsupported protocol ${url.protocol}`, AxiosError.ERR_BAD_REQUEST, config);
}

function setAuthorization(url: URL, headers: AxiosHeaders, { auth }: InternalAxiosRequestConfig): void {
  const inUrl = url.username !== '' || url.password !== '';
  if (auth === undefined && !inUrl) return;
  const { username = '', password = '' } = auth ?? {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  headers.set('Authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  url.username = '';
  url.password = '';
}

/** As axios' `settle`, which is not exported: a status outside `validateStatus` is an error that has the response. */
function settle(
  response: AxiosResponse,
  resolve: (response: AxiosResponse) => void,
  reject: (error: AxiosError) => void,
): void {
  const { validateStatus } = response.config;
  if (!response.status || !validateStatus || validateStatus(response.status)) {
    resolve(response);
    return;
  }
  const code = response.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  reject(
    new AxiosError(
      `Request failed with status code ${response.status}`,
      code,
      response.config as InternalAxiosRequestConfig,
      response.request,
      response,
    ),
  );
}
