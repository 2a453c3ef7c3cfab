import { Readable } from 'node:stream';
import { AxiosError } from 'axios';
import type { Exchange, OutgoingHeaderLines, RawResponse } from './exchange.js';

const CREDENTIALS = ['authorization', 'proxy-authorization', 'cookie'];
const ABOUT_THE_BODY = [
  'content-length',
  'content-type',
  'content-encoding',
  'content-language',
  'content-location',
];

/** Whether an answer sends the request elsewhere. */
export function isFollowed({ status, headers }: RawResponse): boolean {
  return status >= 300 && status < 400 && headers.location !== undefined;
}

/**
 * The request that a redirect asks for. Credentials stay at their origin; `beforeRedirect` may change the headers or
 * throw. A streamed body is gone and cannot be sent twice: 307 and 308 then fail.
 */
export function followRedirect(exchange: Exchange, raw: RawResponse): Exchange {
  const { config } = exchange;
  const url = new URL(String(raw.headers.location), exchange.url);
  const headers = without(exchange.headers, ['host']);
  if (url.origin !== exchange.url.origin) remove(headers, CREDENTIALS);
  const becomesGet = turnsIntoGet(exchange.method, raw.status);
  if (becomesGet) remove(headers, ABOUT_THE_BODY);
  else if (exchange.body instanceof Readable) {
    const message = `A streamed body cannot be sent again after status ${raw.status}`;
    throw new AxiosError(message, AxiosError.ERR_BAD_REQUEST, config);
  }
  const method = becomesGet ? 'GET' : exchange.method;
  const options = { method, href: url.href, protocol: url.protocol, hostname: url.hostname, headers };
  config.beforeRedirect?.(
    options,
    { headers: raw.headers as Record<string, string>, statusCode: raw.status },
    { headers: exchange.headers as Record<string, string>, url: exchange.url.href, method: exchange.method },
  );
  return { config, method, url, headers: options.headers, body: becomesGet ? undefined : exchange.body };
}

/** RFC 9110, 15.4: 303 always; 301 and 302 for POST, as every browser does. */
function turnsIntoGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function without(headers: OutgoingHeaderLines, names: readonly string[]): OutgoingHeaderLines {
  const copy = { ...headers };
  remove(copy, names);
  return copy;
}

function remove(headers: OutgoingHeaderLines, names: readonly string[]): void {
  for (const name of Object.keys(headers)) {
    if (names.includes(name.toLowerCase())) delete headers[name];
  }
}
