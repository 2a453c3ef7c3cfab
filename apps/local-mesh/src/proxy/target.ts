import type { Http2RequestHead } from './http2/message-decoder.js';
import type { HeaderList } from './message/header-list.js';
import { MalformedMessage } from './message/malformed-message.js';
import type { RequestHead } from './message/request.js';

/** Where a request is going, whichever of HTTP's four forms said so. */
export interface RequestTarget {
  scheme: 'http' | 'https';
  /** Host header, or the authority of a URL, which replaces it. */
  authority: string;
  /** The port that the client meant to dial. */
  port: number;
  /** The host that the client meant to dial, where no rule applies. */
  host: string;
  /** Path and query. */
  path: string;
}

// RFC 3986's host and port, userinfo aside; Envoy refuses the rest with 400.
const authorityCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:%@[\]]*$/;
// A websocket client writes ws:// to a proxy (aiohttp does), which Envoy does not take.
const absoluteForm = /^(http|ws)(s?):\/\/([^/?#]*)(.*)$/is;
const userinfo = /^[A-Za-z0-9\-._~!$&'()*+,;=:%]*@/;
/** A URL's host with the port where it has one; `host:` and half of a bracket are refused, as by Envoy. */
const urlAuthority = /^(?:\[[0-9A-Fa-f:.]+\]|[^:[\]@]+)(?::[0-9]+)?$/;
const connectTarget = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]@]+):([0-9]{1,5})$/;

/** What was dialled, where that is known apart from the request: by the CONNECT that it came through, or by the listener's port. */
export interface Dialled {
  host?: string;
  port: number;
  /** The Host that a request is taken to have. @param sent by the client, with or without a port */
  authorityFor?(sent: string): string;
}

/** Throws MalformedMessage. */
export function requestTarget(head: RequestHead, dialled: Dialled | undefined): RequestTarget {
  const url = absoluteForm.exec(head.target);
  if (url === null) return originForm(head, dialled);
  // A client that uses HTTP_PROXY writes http:// where it would send `x-forwarded-proto: https` alone in a cluster.
  const isHttps = url[2] !== '';
  const scheme = isHttps ? 'https' : forwardedScheme(head.headers);
  const authority = (url[3] as string).replace(userinfo, '');
  if (!urlAuthority.test(authority)) throw new MalformedMessage(400, 'http1.invalid_url');
  const rest = url[4] as string;
  if (rest.startsWith('#')) throw new MalformedMessage(400, 'http1.invalid_url');
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return { scheme, path, ...destination(authority, dialled, isHttps ? 443 : 80) };
}

/** Of a stream of HTTP/2, whose pseudo-headers say what HTTP/1.1 has in four forms. Throws MalformedMessage. */
export function streamTarget(
  { authority, path, scheme }: Http2RequestHead,
  dialled: Dialled | undefined,
): RequestTarget {
  if (authority === undefined) throw new MalformedMessage(400, 'missing_host_header', true);
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    path,
    ...destination(authority, dialled, 80),
  };
}

/** Host and port of a CONNECT. Throws MalformedMessage. */
export function connectAuthority(target: string): { host: string; port: number } {
  const match = connectTarget.exec(target);
  if (match === null || !authorityCharacters.test(target))
    throw new MalformedMessage(400, 'http1.invalid_url');
  return { host: withoutBrackets(match[1] as string), port: portOf(target, 0) };
}

/** The host of an authority, without port and brackets. */
export function hostOf(authority: string): string {
  return withoutBrackets(authority.replace(/:[0-9]*$/, ''));
}

function originForm(head: RequestHead, dialled: Dialled | undefined): RequestTarget {
  return {
    scheme: forwardedScheme(head.headers),
    path: head.target,
    ...destination(hostHeader(head), dialled, 80),
  };
}

function destination(authority: string, dialled: Dialled | undefined, defaultPort: number) {
  const sent = checked(authority);
  return {
    authority: dialled?.authorityFor?.(sent) ?? sent,
    host: dialled?.host ?? hostOf(authority),
    port: dialled?.port ?? portOf(authority, defaultPort),
  };
}

/** Two Host headers are joined, as Envoy joins them: such a host is nobody's. */
function hostHeader({ headers: { raw, names } }: RequestHead): string {
  let host: string | undefined;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === 'host') host = host === undefined ? raw[2 * i + 1] : `${host},${raw[2 * i + 1]}`;
  }
  if (host === undefined) throw new MalformedMessage(400, 'missing_host_header', true);
  return host;
}

function forwardedScheme({ raw, names }: HeaderList): 'http' | 'https' {
  const index = names.indexOf('x-forwarded-proto');
  return index >= 0 && raw[2 * index + 1]?.toLowerCase() === 'https' ? 'https' : 'http';
}

function checked(authority: string): string {
  if (!authorityCharacters.test(authority)) throw new MalformedMessage(400, 'http1.codec_error');
  return authority;
}

function portOf(authority: string, otherwise: number): number {
  const colon = authority.lastIndexOf(':');
  // An IPv6 address without a port ends in a bracket.
  if (colon < 0 || authority.endsWith(']')) return otherwise;
  const text = authority.slice(colon + 1);
  if (text === '') return otherwise;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new MalformedMessage(400, 'http1.invalid_port');
  return port;
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
