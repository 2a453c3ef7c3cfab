import { ProblemException } from '@grayscale/service-runtime';
import { AxiosError, isAxiosError } from 'axios';
import { getProxyForUrl } from 'proxy-from-env';

/** A mesh's own words are short (`no healthy upstream`); more than this is somebody's error page. */
const MAX_QUOTED = 200;

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name cannot be resolved now',
};

/** Tells the ways apart in which asking the hello service can fail. */
export function upstreamProblem(error: unknown, url: string): unknown {
  if (!isAxiosError(error)) return error;
  const { host } = new URL(url);
  if (error.response !== undefined) return refusedBy(host, error.response, error);
  if (isTimeout(error)) {
    const detail = `${host} did not answer in time: ${error.message}`;
    return new ProblemException({ status: 504, detail }, { cause: error });
  }
  const reason = REASONS[error.code ?? ''] ?? error.message;
  const detail = `Cannot get an answer from ${host}${throughProxy(url)}: ${reason} (${error.code})`;
  return new ProblemException({ status: 502, detail }, { cause: error });
}

function isTimeout({ code }: AxiosError): boolean {
  return code === AxiosError.ECONNABORTED || code === AxiosError.ETIMEDOUT;
}

function refusedBy(
  host: string,
  response: { status: number; data: unknown },
  cause: Error,
): ProblemException {
  const text = shortText(response.data);
  const detail = `${host} answered ${response.status}${text === '' ? '' : `: ${text}`}`;
  return new ProblemException(
    { status: 502, detail, members: { upstreamStatus: response.status } },
    { cause },
  );
}

/** One line of what the upstream, or the mesh in its place, said. */
function shortText(data: unknown): string {
  const line = Buffer.isBuffer(data) ? data.toString().replace(/\s+/g, ' ').trim() : '';
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}...` : line;
}

/** With a proxy between, the proxy is what could not be reached. Its password is nobody's business. */
function throughProxy(url: string): string {
  const proxy = getProxyForUrl(url);
  return proxy === '' ? '' : ` through the proxy ${new URL(proxy).host} (HTTP_PROXY)`;
}
