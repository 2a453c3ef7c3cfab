import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { toBytes } from './bytes.js';
import type { Condition } from './condition.js';
import { headerCondition, withoutHeaderCondition } from './header.js';
import { pathCondition } from './path.js';
import { queryParameterCondition } from './query-parameter.js';
import { addedBeforeRouting, type RequestView } from './request-view.js';
import { asksForPresence } from './string-test.js';

/** A compiled match block: all of its conditions have to hold. */
export interface MatchBlock {
  conditions: readonly Condition[];
  /** Values that a request must have for the block to match, for an index: `path` and a path, or a header and its value. */
  exactKeys: ReadonlyArray<readonly [name: string, value: string]>;
  /** Whether every request matches; the rules behind it then do not exist. */
  catchAll: boolean;
}

/** Key of an exact path among {@link MatchBlock.exactKeys}; no header is called so. */
export const pathKey = ':path-without-query';

/** A rule without match blocks. */
export const matchAll: MatchBlock = { conditions: [], exactKeys: [], catchAll: true };

export function holds(block: MatchBlock, view: RequestView): boolean {
  for (const condition of block.conditions) if (!condition.holds(view)) return false;
  return true;
}

/** What of a match block is asked of each request; ports, sources and gateways are settled when a table is built. */
export function compileMatchBlock(match: HttpMatchRequest): MatchBlock {
  const { uri, ignoreUriCase, method, authority, scheme, queryParams } = match;
  const others = [
    ...(method === undefined ? [] : [headerCondition(':method', method, 'method')]),
    ...(authority === undefined ? [] : [headerCondition(':authority', authority, 'authority')]),
    ...(scheme === undefined ? [] : [headerCondition(':scheme', scheme, 'scheme')]),
    ...Object.entries(match.headers).map(([name, value]) => headerCondition(name, value)),
    ...Object.entries(match.withoutHeaders).map(([name, value]) => withoutHeaderCondition(name, value)),
    ...Object.entries(queryParams).map(([name, value]) => queryParameterCondition(name, value)),
  ];
  // A prefix of every path needs no test.
  const path = uri === undefined || coversAllPaths(uri) ? [] : [pathCondition(uri, ignoreUriCase)];
  return {
    conditions: [...path, ...others],
    exactKeys: exactKeys(match),
    catchAll: isCatchAll(match, others),
  };
}

function coversAllPaths(uri: NonNullable<HttpMatchRequest['uri']>): boolean {
  return uri.kind === 'present' || (uri.kind === 'prefix' && (uri.value === '/' || uri.value === ''));
}

/** Prefix `/` or regex `.*`, and nothing else: only these end a table (Istio, route.go IsCatchAllRoute). */
function isCatchAll({ uri }: HttpMatchRequest, others: readonly Condition[]): boolean {
  if (others.length > 0) return false;
  if (uri === undefined || uri.kind === 'present') return true;
  return (uri.kind === 'prefix' && uri.value === '/') || (uri.kind === 'regex' && uri.value === '.*');
}

function exactKeys(match: HttpMatchRequest): Array<readonly [string, string]> {
  const keys: Array<readonly [string, string]> = [];
  if (match.uri?.kind === 'exact' && !match.ignoreUriCase) keys.push([pathKey, toBytes(match.uri.value)]);
  for (const [name, value] of Object.entries(match.headers)) {
    if (value.kind !== 'exact' || asksForPresence(value)) continue;
    const key = name.toLowerCase();
    const isSent = !key.startsWith(':') && key !== 'host' && !addedBeforeRouting.has(key);
    if (isSent) keys.push([key, toBytes(value.value)]);
  }
  return keys;
}
