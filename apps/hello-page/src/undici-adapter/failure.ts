import { types } from 'node:util';
import { AxiosError, type InternalAxiosRequestConfig, isAxiosError, isCancel } from 'axios';

/** undici's codes in the words that axios' own adapter uses (which are those of node:net). */
const CODES: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_INVALID_ARG: AxiosError.ERR_BAD_REQUEST,
  UND_ERR_DESTROYED: AxiosError.ERR_NETWORK,
  UND_ERR_CLOSED: AxiosError.ERR_NETWORK,
};

/** The error that axios promises for what went wrong. The cause keeps the original. */
export function toAxiosError(error: unknown, config: InternalAxiosRequestConfig): Error {
  if (isAxiosError(error) || isCancel(error)) return error as Error;
  const cause = types.isNativeError(error) ? error : new Error(String(error));
  const code = codeOf(cause);
  const known = code === undefined ? AxiosError.ERR_NETWORK : (CODES[code] ?? code);
  const wrapped = AxiosError.from(cause, known, config);
  wrapped.message = messageOf(cause, known);
  return wrapped;
}

/** A body that broke off in the middle, as axios calls it. */
export function cutShort(error: unknown, config: InternalAxiosRequestConfig): Error {
  if (isAxiosError(error) || isCancel(error)) return error as Error;
  const broken = new AxiosError('stream has been aborted', AxiosError.ERR_BAD_RESPONSE, config);
  broken.cause = error as Error;
  return broken;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A host with several addresses fails with an AggregateError, whose own message is empty. */
function messageOf(error: Error, code: string): string {
  if (code === 'ECONNRESET') return 'socket hang up';
  if (error.message !== '') return error.message;
  const [inner] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return types.isNativeError(inner) ? inner.message : code;
}
