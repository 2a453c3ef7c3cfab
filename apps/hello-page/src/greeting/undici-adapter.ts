import axios, {
  AxiosError,
  AxiosHeaders,
  type AxiosPromise,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { getProxyForUrl } from 'proxy-from-env';
import { Agent, type Dispatcher } from 'undici';

/** undici's codes in the words of axios' own adapter, which are those of `node:net`. */
const codes: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
};

/** What is accepted where a request does not say. */
const anyText = 'text/plain, */*';

/**
 * An axios adapter for the one kind of request that this service sends: a GET, directly or through `HTTP_PROXY` in absolute form,
 * with `timeout`, its answer in bytes. Redirects are answers like others. /page answers twice as many requests as with axios' own
 * adapter (npm run bench -- hello-page).
 */
export class UndiciAdapter {
  /** @param maxContentLength the longest answer that is taken, in bytes. Of all requests: axios copies each key of a configuration several times. */
  constructor(private readonly maxContentLength: number) {}

  // The time limit of each request governs.
  private readonly agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } });
  private readonly hops = new Map<string, Hop>();

  /** The function for axios' `adapter`. */
  readonly send = async (config: InternalAxiosRequestConfig): AxiosPromise<Buffer> => {
    try {
      return accept(await this.exchange(config));
    } catch (error) {
      // undici hangs up on a "100 Continue" that it did not ask for (RFC 9110 15.2 wants it ignored); node:http takes it.
      if (isUnexpectedContinue(error)) return axios.getAdapter('http')(this.forNodeHttp(config));
      throw error instanceof AxiosError ? error : toAxiosError(error as NodeJS.ErrnoException, config);
    }
  };

  /** Waits for requests in flight, then closes every connection. */
  close(): Promise<void> {
    return this.agent.close();
  }

  private exchange(config: InternalAxiosRequestConfig): AxiosPromise<Buffer> {
    const { origin, path, host } = this.hopTo(config.url ?? '');
    const headers = { host, ...(config.headers as Record<string, string>) } as Record<string, string>;
    if (!acceptsSomething(headers)) headers.accept = anyText;
    return new Promise((resolve, reject) => {
      const answer = new Answer(config, this.maxContentLength, resolve, reject);
      this.agent.dispatch({ origin, path, method: 'GET', headers }, answer);
    });
  }

  /** What goes without saying here. */
  private forNodeHttp(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
    config.headers.setAccept(anyText, false);
    const { maxContentLength } = this;
    return { ...config, responseType: 'arraybuffer', maxRedirects: 0, maxContentLength };
  }

  /** Remembered by URL: neither the environment nor the URL of the service changes. */
  private hopTo(url: string): Hop {
    const known = this.hops.get(url);
    if (known !== undefined) return known;
    const { origin, host, pathname, search } = new URL(url);
    const proxy = getProxyForUrl(url);
    const path = pathname + search;
    const hop =
      proxy === '' ? { origin, path, host } : { origin: new URL(proxy).origin, path: origin + path, host };
    this.hops.set(url, hop);
    return hop;
  }
}

function acceptsSomething(headers: Record<string, string>): boolean {
  return Object.keys(headers).some((name) => name.length === 6 && name.toLowerCase() === 'accept');
}

/** undici's names are in lower case; axios otherwise compares each with each, in every answer. */
class LowerCaseHeaders extends AxiosHeaders {
  override normalize(): this {
    return this;
  }
}

/** Where a request is sent, and what stands in its head for that. */
interface Hop {
  readonly origin: string;
  readonly path: string;
  readonly host: string;
}

/** Collects one answer, within the time and the size that the request allows. */
class Answer implements Dispatcher.DispatchHandler {
  private readonly chunks: Buffer[] = [];
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private ended: Error | undefined;
  private size = 0;
  private status = 0;
  private headers: Record<string, string | string[] | undefined> = {};

  constructor(
    private readonly config: InternalAxiosRequestConfig,
    private readonly maxContentLength: number,
    private readonly resolve: (response: AxiosResponse<Buffer>) => void,
    private readonly reject: (reason: Error) => void,
  ) {
    this.timer = setTimeout(() => this.timeOut(), config.timeout);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // The time may be up before there was a connection.
    if (this.ended !== undefined) controller.abort(this.ended);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size <= this.maxContentLength) this.chunks.push(chunk);
    else
      controller.abort(
        this.failure(`the answer is longer than ${this.maxContentLength} bytes`, 'ERR_BAD_RESPONSE'),
      );
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    this.resolve({
      data: Buffer.concat(this.chunks),
      status: this.status,
      statusText: '',
      headers: Object.assign(new LowerCaseHeaders(), this.headers),
      config: this.config,
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.timer);
    this.reject(error);
  }

  private timeOut(): void {
    this.ended = this.failure(`timeout of ${this.config.timeout}ms exceeded`, 'ECONNABORTED');
    this.reject(this.ended);
    this.controller?.abort(this.ended);
  }

  private failure(message: string, code: string): AxiosError {
    return new AxiosError(message, code, this.config);
  }
}

/** As axios' `settle`, which it does not export. */
function accept(response: AxiosResponse<Buffer>): AxiosResponse<Buffer> {
  const config = response.config as InternalAxiosRequestConfig;
  if (config.validateStatus?.(response.status) ?? true) return response;
  const code = response.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  throw new AxiosError(
    `Request failed with status code ${response.status}`,
    code,
    config,
    undefined,
    response,
  );
}

function isUnexpectedContinue(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'UND_ERR_SOCKET' && message === 'bad response';
}

function toAxiosError(error: NodeJS.ErrnoException, config: InternalAxiosRequestConfig): AxiosError {
  const code = error.code === undefined ? AxiosError.ERR_NETWORK : (codes[error.code] ?? error.code);
  return AxiosError.from(error, code, config);
}
