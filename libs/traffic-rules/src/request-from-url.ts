import type { RouteRequest } from './request.js';

/** What a person writes about a request. */
export interface RequestDescription {
  /** GET unless given. */
  method?: string;
  /** `http://hello.com:8080/hello?x=1`; `http://` may be left out. */
  url: string;
  /**
   * `name: value`, as curl's `-H`; text, sent as UTF-8. A `host` replaces the authority, not the port, and an
   * `x-forwarded-proto: https` makes the scheme https.
   */
  headers?: readonly string[];
}

/**
 * The request that curl would send for a description, as the sidecar's listener sees it.
 * @throws RangeError with a message for the person, when a part cannot be sent
 */
export function requestFromUrl({ method = 'GET', url, headers = [] }: RequestDescription): RouteRequest {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(method)) throw new RangeError(`${method} is not an HTTP method.`);
  const { scheme, authority, port, path } = parts(url);
  const fields = headers.map(field);
  const fieldValue = (name: string) => fields.find((one) => one[0].toLowerCase() === name)?.[1];
  return {
    method,
    scheme: fieldValue('x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : scheme,
    authority: fieldValue('host') ?? authority,
    port,
    path,
    headers: fields.filter((one) => one[0].toLowerCase() !== 'host').flat(),
    ...(scheme === 'https' && { tls: { serverName: authority.replace(/:\d+$/, '') } }),
  };
}

function parts(url: string): Pick<RouteRequest, 'scheme' | 'authority' | 'port' | 'path'> {
  if (/\s/.test(url))
    throw new RangeError(`${JSON.stringify(url)} has a blank in it; write it as %20, and the URL in quotes.`);
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  const [, scheme, userAndAuthority, target] = /^(https?):\/\/([^/?#\s]+)([^#\s]*)/i.exec(absolute) ?? [];
  if (scheme === undefined || userAndAuthority === undefined) {
    throw new RangeError(`${url} is not a URL such as http://hello.com/hello.`);
  }
  const isHttps = scheme.toLowerCase() === 'https';
  const authority = userAndAuthority.replace(/^.*@/, '');
  const [, , written] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(authority) ?? [];
  const port = written === undefined ? (isHttps ? 443 : 80) : Number(written);
  if (!/^(\[[^\]]+\]|[^:]+)(:\d+)?$/.test(authority) || port < 1 || port > 65_535) {
    throw new RangeError(`${authority} is not HOST or HOST:PORT with a port from 1 to 65535.`);
  }
  const path = target?.startsWith('/') ? target : `/${target ?? ''}`;
  return { scheme: isHttps ? 'https' : 'http', authority, port, path: bytes(path) };
}

function field(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new RangeError(`${JSON.stringify(text)} is not a header such as "user: test".`);
  if (/[\0\r\n]/.test(value.trim()))
    throw new RangeError(`The value of header ${name} has a line break or NUL in it.`);
  return [name, bytes(value.trim())];
}

/** HTTP's strings: one character for each byte of the UTF-8 text. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** A connection that a person describes. */
export interface ConnectionDescription {
  /** A name or an IP address (IPv6 without brackets). */
  host: string;
  port: number;
  /** The name that TLS asks for; null for plain TCP. */
  sni: string | null;
}

/**
 * `tcp://host:port`, or `tls://host` with port 443 unless another is written. Undefined for any other URL.
 * @throws RangeError with a message for the person
 */
export function connectionFromUrl(url: string): ConnectionDescription | undefined {
  const [, scheme, place = ''] = /^(tcp|tls):\/\/(.*)$/i.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const [, bracketed, plain, written] =
    /^(?:\[([0-9a-f:.]+)\]|([^:/?#\s[\]]+))(?::(\d+))?\/?$/i.exec(place) ?? [];
  const host = bracketed ?? plain;
  const isTls = scheme.toLowerCase() === 'tls';
  const port = written === undefined ? (isTls ? 443 : 0) : Number(written);
  if (host === undefined || port < 1 || port > 65_535)
    throw new RangeError(`${url} is not tcp://HOST:PORT or tls://HOST[:PORT] with a port from 1 to 65535.`);
  return { host, port, sni: isTls ? host : null };
}
