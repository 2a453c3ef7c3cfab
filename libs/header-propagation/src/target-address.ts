import { memoize } from './memoize.js';

/** Where a request goes: a URL, or a host with its port (80 or 443 by its scheme when left out). */
export type TargetAddress = string | URL | TargetParts;

interface TargetParts {
  readonly host: string;
  readonly port?: number | string;
  /** Default `http`. */
  readonly scheme?: string;
  /** Path and query. Default `/`. */
  readonly path?: string;
}

/** Where a request goes, in the one spelling that patterns are compared with. */
export interface RequestTarget {
  /** `http` or `https`. */
  readonly scheme: string;
  /** In lower case, without brackets and without the root's dot; an address as the URL standard writes it. */
  readonly host: string;
  readonly port: number;
  /** Without the query, and with dot segments resolved. */
  readonly path: string;
}

/** The target that an address means, or undefined when it is none: such a target gets nothing. */
export function requestTarget(address: TargetAddress): RequestTarget | undefined {
  if (!address) return undefined;
  if (typeof address === 'object' && !(address instanceof URL)) return targetOfParts(address);
  const parts = typeof address === 'string' ? partsOfPlainUrl(address) : undefined;
  if (parts !== undefined) return targetOfParts(parts);
  const url = typeof address === 'string' ? parseUrl(withScheme(address)) : address;
  if (url === undefined || url.hostname === '') return undefined;
  const scheme = schemeOf(url.protocol);
  if (scheme === undefined) return undefined;
  return { scheme, host: plainHost(url.hostname), port: portOf(url.port, scheme), path: url.pathname };
}

/** Scheme, host, port and then nothing but a path, a query or a fragment: no user, no escape, nothing that a parser skips. */
const PLAIN_URL = /^(https?):\/\/((?:[a-z0-9_-]+\.)*[a-z0-9_-]+)(?::(\d{1,4}|[1-5]\d{4}))?([/?#].*)?$/s;

/** To parse a whole URL costs as much as all the rest. */
function partsOfPlainUrl(text: string): TargetParts | undefined {
  const [, scheme, host, port = '', path = ''] = PLAIN_URL.exec(text) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return { scheme, host, port, path };
}

function targetOfParts(parts: TargetParts): RequestTarget | undefined {
  const scheme = schemeOf(parts.scheme ?? 'http');
  const host = typeof parts.host === 'string' ? memoizedHost(parts.host) : undefined;
  return host === undefined || scheme === undefined ? undefined : new TargetOfParts(scheme, host, parts);
}

const memoizedHost = memoize(canonicalHost);

/** Most targets are known by their hosts: port and path are looked at when a pattern asks for them. */
class TargetOfParts implements RequestTarget {
  readonly #parts: TargetParts;

  constructor(
    readonly scheme: string,
    readonly host: string,
    parts: TargetParts,
  ) {
    this.#parts = parts;
  }

  get port(): number {
    return portOf(this.#parts.port, this.scheme);
  }

  get path(): string {
    return canonicalPath(this.#parts.path ?? '/');
  }
}

function withScheme(text: string): string {
  return text.includes('://') ? text : `http://${text}`;
}

const SCHEMES = /^(?:http|ws)(s?):?$/i;

function schemeOf(text: string): string | undefined {
  if (text === 'http:' || text === 'http') return 'http';
  const secure = SCHEMES.exec(text)?.[1];
  return secure === undefined ? undefined : `http${secure.toLowerCase()}`;
}

function portOf(port: string | number | undefined, scheme: string): number {
  return Number(port || 0) || (scheme === 'https' ? 443 : 80);
}

/** Letters somewhere in the last label, so that it is not a spelling of an address such as `134744072` or `0x7f.1`. */
const PLAIN_NAME = /^(?:[a-z0-9_-]+\.)*[a-z_][a-z0-9_-]*$/;

/** An address in the one form that the URL standard writes. */
const PLAIN_IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/**
 * The host as the URL standard writes it: `2130706433` is `127.0.0.1`, `bücher.example` is `xn--bcher-kva.example`, and
 * `::ffff:127.0.0.1` is `::ffff:7f00:1`. Undefined when it is not a host.
 */
export function canonicalHost(host: string): string | undefined {
  const plain = plainHost(host);
  if (PLAIN_NAME.test(plain) || PLAIN_IPV4.test(plain)) return plain;
  // The host as it came: what has two dots at its end keeps one.
  const hostname = parseUrl(`http://${plain.includes(':') ? `[${plain}]` : host}/`)?.hostname;
  return hostname === undefined || hostname === '' ? undefined : plainHost(hostname);
}

/** The path as the URL standard writes it, without the query: `/a/../b` is `/b`. */
export function canonicalPath(path: string): string {
  return parseUrl(`http://h${path.startsWith('/') ? '' : '/'}${path}`)?.pathname ?? '/';
}

/** Lower case, no brackets, no trailing dot. */
export function plainHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith('[') && lower.endsWith(']')) return lower.slice(1, -1);
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** `URL.parse`, which Node 20 does not have. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
