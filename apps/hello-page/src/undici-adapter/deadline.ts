import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';

/** What ends a request early: `timeout`, `signal` and `cancelToken`. The first of them decides. */
export class Deadline {
  private timer: NodeJS.Timeout | undefined;
  private abortExchange: ((reason: Error) => void) | undefined;
  private ended: Error | undefined;

  constructor(
    private readonly config: InternalAxiosRequestConfig,
    private readonly reject: (reason: Error) => void,
  ) {
    const milliseconds = Number.parseInt(String(config.timeout ?? 0), 10);
    if (Number.isNaN(milliseconds)) {
      this.end(new AxiosError('timeout must be a number', AxiosError.ERR_BAD_OPTION_VALUE, config));
    }
    if (milliseconds > 0) this.timer = setTimeout(() => this.end(this.timeoutError()), milliseconds);
    config.cancelToken?.subscribe(this.onCancel);
    if (config.signal?.aborted) this.onAbort();
    config.signal?.addEventListener?.('abort', this.onAbort);
  }

  /** The exchange that is stopped when the time comes; at once when it came already. */
  guard(abort: (reason: Error) => void): void {
    this.abortExchange = abort;
    if (this.ended !== undefined) abort(this.ended);
  }

  /** The answer is complete. A streamed body outlives `timeout`, but a signal may still stop it. */
  clear(): void {
    clearTimeout(this.timer);
    if (this.config.responseType !== 'stream' || this.abortExchange === undefined) this.release();
  }

  /** No more listening for a signal: the last byte is here, or the stream is closed. */
  release(): void {
    this.abortExchange = undefined;
    this.config.cancelToken?.unsubscribe(this.onCancel);
    this.config.signal?.removeEventListener?.('abort', this.onAbort);
  }

  private end(reason: Error): void {
    this.ended = reason;
    this.reject(reason);
    this.abortExchange?.(reason);
  }

  private readonly onAbort = (): void => this.end(new CanceledError(undefined, this.config));

  private readonly onCancel = (reason?: unknown): void =>
    this.end(reason instanceof Error ? reason : new CanceledError(undefined, this.config));

  private timeoutError(): AxiosError {
    const { timeout, timeoutErrorMessage, transitional } = this.config;
    const message = timeoutErrorMessage ?? `timeout of ${timeout}ms exceeded`;
    const code = transitional?.clarifyTimeoutError ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED;
    return new AxiosError(message, code, this.config);
  }
}
