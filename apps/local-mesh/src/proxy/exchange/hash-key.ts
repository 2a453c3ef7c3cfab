import { randomBytes } from 'node:crypto';
import type { LoadBalancing } from '@grayscale/traffic-rules';
import type { Exchange } from './exchange.js';

export type HashPolicy = Exclude<LoadBalancing, string>;

/** What a consistent hash goes by for one request; undefined: the request has none, so any endpoint will do. */
export function hashKey(policy: HashPolicy, exchange: Exchange): string | undefined {
  const { head, target, client } = exchange;
  switch (policy.kind) {
    case 'header':
      return header(head.headers.raw, policy.name);
    case 'cookie':
      return cookie(header(head.headers.raw, 'cookie'), policy.name) ?? newCookie(policy, exchange);
    case 'query-parameter':
      return parameter(target.path, policy.name);
    case 'source-ip':
      return client.address.slice(0, client.address.lastIndexOf(':'));
  }
}

/** With a `ttl`, a client without the cookie gets one, as Envoy writes it; a `ttl` of 0 lasts as long as the browser. */
function newCookie(policy: HashPolicy & { kind: 'cookie' }, exchange: Exchange): string | undefined {
  const { name, path, ttl } = policy;
  if (ttl === undefined) return undefined;
  const value = randomBytes(8).toString('hex');
  const age = ttl === 0 ? '' : `; Max-Age=${Math.floor(ttl / 1000)}`;
  exchange.affinityCookie = `${name}="${value}"${age}${path === undefined ? '' : `; Path=${path}`}; HttpOnly`;
  return value;
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
