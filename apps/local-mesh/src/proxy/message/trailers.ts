import type { HeaderList } from './header-list.js';

/**
 * Names that a trailer may not carry (RFC 9110 6.5.1): who reads them has acted on the head already, or acts on a second value that
 * nobody in between has seen.
 */
const forbidden: ReadonlySet<string> = new Set([
  // Framing and routing.
  'content-length',
  'host',
  'max-forwards',
  'te',
  'trailer',
  'transfer-encoding',
  // Of one connection.
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  // Credentials.
  'authorization',
  'cookie',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'set-cookie',
  'www-authenticate',
  // What changes how a message is understood.
  'age',
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'date',
  'expect',
  'expires',
  'location',
  'pragma',
  'range',
  'retry-after',
  'vary',
]);

/** The proxies' own: where a request comes from, and what they ask of each other. */
const ofProxies = /^(?:x-forwarded-|x-envoy-|x-request-id$|forwarded$|via$|sec-|proxy-)/;

/** Those trailers that may go on, names and values in turn. */
export function allowedTrailers({ raw, names }: HeaderList): string[] {
  const list: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (!forbidden.has(name) && !ofProxies.test(name)) list.push(name, raw[2 * i + 1] as string);
  }
  return list;
}
