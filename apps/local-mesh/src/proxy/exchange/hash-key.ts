import { randomBytes } from 'node:crypto';
import type { LoadBalancing } from '@grayscale/traffic-rules';
import type { RequestContext } from './request-context.js';

export type HashPolicy = Exclude<LoadBalancing, string>;

/** What a consistent hash goes by for one request. */
export interface HashKey {
  /** Undefined: the request has none, so any endpoint will do. */
  key: string | undefined;
  /** A `set-cookie` that ties the client to its endpoint from now on. */
  setCookie?: string | undefined;
}

/** What a request is spread by over the endpoints, and the cookie that a new client is given for it. */
export function hashKey(policy: HashPolicy, { headers, target, client }: RequestContext): HashKey {
  switch (policy.kind) {
    case 'header':
      return { key: header(headers.list, policy.name) };
    case 'cookie': {
      // An empty value counts as none (recorded: `http-hash-cookie-attributes`).
      const sent = cookie(header(headers.list, 'cookie'), policy.name);
      return sent ? { key: sent } : newCookie(policy);
    }
    case 'query-parameter':
      return { key: parameter(target.path, policy.name) };
    case 'source-ip':
      return { key: client.address.slice(0, client.address.lastIndexOf(':')) };
  }
}

/** With a `ttl`, a client without the cookie gets one, as Envoy writes it; a `ttl` of 0 lasts as long as the browser. */
function newCookie({ name, path, ttl, attributes = [] }: HashPolicy & { kind: 'cookie' }): HashKey {
  if (ttl === undefined) return { key: undefined };
  const value = randomBytes(8).toString('hex');
  const age = ttl === 0 ? '' : `; Max-Age=${Math.floor(ttl / 1000)}`;
  const place = path === undefined ? '' : `; Path=${path}`;
  const more = attributes.map(
    (attribute) => `; ${attribute.name}${attribute.value ? `=${attribute.value}` : ''}`,
  );
  return { key: value, setCookie: `${name}="${value}"${age}${place}${more.join('')}; HttpOnly` };
}

function header(raw: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === wanted) return raw[i + 1];
  return undefined;
}

function cookie(text: string | undefined, name: string): string | undefined {
  for (const pair of text?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return (value ?? '').replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

function parameter(path: string, name: string): string | undefined {
  const query = path.split('?', 2)[1];
  for (const pair of query?.split('&') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key === name) return value ?? '';
  }
  return undefined;
}
