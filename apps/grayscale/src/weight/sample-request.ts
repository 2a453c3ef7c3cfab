import type { JsonObject } from '@grayscale/manifest-files';
import type { RouteRequest } from '@grayscale/traffic-rules';

/** A request that a match block holds for; undefined where only a regular expression says what it looks like. */
export function sampleRequest(block: JsonObject, host: string, port: number): RouteRequest | undefined {
  const { uri, method, authority, scheme, headers, queryParams } = block;
  const tests = [uri, method, authority, scheme, ...values(headers), ...values(queryParams)];
  if (tests.some((test) => 'regex' in fields(test))) return undefined;
  const query = Object.entries(fields(queryParams)).map(([name, test]) => `${name}=${example(test, '')}`);
  const path = example(uri, '/');
  return {
    method: example(method, 'GET'),
    scheme: example(scheme, 'http') === 'https' ? 'https' : 'http',
    authority: example(authority, host),
    port: typeof block.port === 'number' ? block.port : port,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: Object.entries(fields(headers)).flatMap(([name, test]) => [name, example(test, 'x')]),
  };
}

function example(test: unknown, otherwise: string): string {
  const { exact, prefix } = fields(test);
  const value = exact ?? prefix;
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function values(value: unknown): unknown[] {
  return Object.values(fields(value));
}

function fields(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}
