import type { RouteRequest } from '../request.js';
import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';

/** A request that satisfies a match; undefined where only a regular expression says what it looks like. */
export function witnessOf(match: HttpMatchRequest, host: string, port: number): RouteRequest | undefined {
  const { uri, method, authority, scheme, headers, queryParams } = match;
  const all = [uri, method, authority, scheme, ...Object.values(headers), ...Object.values(queryParams)];
  if (all.some((part) => part?.kind === 'regex')) return undefined;
  const query = Object.entries(queryParams).map(([name, value]) => `${name}=${exampleOf(value, '')}`);
  const path = exampleOf(uri, '/');
  return {
    method: exampleOf(method, 'GET'),
    scheme: exampleOf(scheme, 'http') === 'https' ? 'https' : 'http',
    authority: exampleOf(authority, host.startsWith('*') ? `any${host.slice(1)}` : host),
    port: match.port ?? port,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: Object.entries(headers).flatMap(([name, value]) => [name, exampleOf(value, '')]),
  };
}

/** As a person would write it down. */
export function describeRequest({ method, authority, path, headers }: RouteRequest): string {
  const fields: string[] = [];
  for (let at = 0; at < headers.length; at += 2) fields.push(`${headers[at]}: ${headers[at + 1]}`);
  const request = `${method} http://${authority}${path}`;
  return fields.length === 0 ? request : `${request} with ${fields.join(', ')}`;
}

function exampleOf(match: StringMatch | undefined, otherwise: string): string {
  return match === undefined || match.kind === 'present' || match.value === '' ? otherwise : match.value;
}
