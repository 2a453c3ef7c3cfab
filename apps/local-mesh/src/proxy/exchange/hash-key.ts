import type { LoadBalancing } from '@grayscale/traffic-rules';
import type { Exchange } from './exchange.js';

export type HashPolicy = Exclude<LoadBalancing, string>;

/** What a consistent hash goes by for one request; undefined: the request has none, so any endpoint will do. */
export function hashKey(policy: HashPolicy, { head, target, client }: Exchange): string | undefined {
  switch (policy.kind) {
    case 'header':
      return header(head.headers.raw, policy.name);
    case 'cookie':
      return cookie(header(head.headers.raw, 'cookie'), policy.name);
    case 'query-parameter':
      return parameter(target.path, policy.name);
    case 'source-ip':
      return client.address.slice(0, client.address.lastIndexOf(':'));
  }
}

function header(raw: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (let i = 0; i < raw.length; i += 2) if (raw[i]?.toLowerCase() === wanted) return raw[i + 1];
  return undefined;
}

function cookie(text: string | undefined, name: string): string | undefined {
  for (const pair of text?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name) return value ?? '';
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
