import type { JsonObject } from '@grayscale/manifest-files';

/** The requests that a rule is for, in words: `requests with user: test`; undefined for a rule that takes every request. */
export function requestWords(rule: JsonObject): string | undefined {
  const blocks = matchBlocks(rule).map(blockWords);
  if (blocks.length === 0 || blocks.includes('')) return undefined;
  return `requests ${blocks.join(' or ')}`;
}

/** The blocks of a rule's `match`, as written. */
export function matchBlocks({ match }: JsonObject): JsonObject[] {
  return Array.isArray(match) ? match.map((block) => (block ?? {}) as JsonObject) : [];
}

function blockWords(block: JsonObject): string {
  const words = Object.entries(block).flatMap(([field, value]) => fieldWords(field, value));
  return words.join(' and ');
}

function fieldWords(field: string, value: unknown): string[] {
  const named = (what: string, verb: string) =>
    Object.entries(value ?? {}).map(([name, test]) => `${verb} ${what}\`${testWords(name, test)}\``);
  switch (field) {
    case 'headers':
      return named('', 'with');
    case 'withoutHeaders':
      return named('', 'without');
    case 'queryParams':
      return named('the query ', 'with');
    case 'uri':
      return [`with \`${testWords('path', value)}\``];
    case 'method':
    case 'authority':
    case 'scheme':
      return [`with \`${testWords(field, value)}\``];
    case 'port':
      return [`to port ${value}`];
    case 'sourceNamespace':
      return [`from the namespace ${value}`];
    case 'name':
    case 'ignoreUriCase':
      return [];
    default:
      return [`with ${field} ${JSON.stringify(value)}`];
  }
}

function testWords(name: string, test: unknown): string {
  const [[kind, value] = ['present', '']] = Object.entries(test ?? {});
  if (kind === 'exact') return `${name}: ${value}`;
  if (kind === 'prefix') return `${name}: ${value}...`;
  return kind === 'regex' ? `${name} matching ${value}` : name;
}

/** What becomes of the requests that a rule takes. */
export function actionWords(rule: JsonObject): string {
  const { route, redirect, directResponse, delegate } = rule as Record<string, unknown>;
  if (redirect !== undefined) return 'are still redirected';
  if (directResponse !== undefined)
    return `are still answered with ${(directResponse as { status?: unknown }).status}`;
  if (delegate !== undefined) return `are still decided by ${(delegate as { name?: unknown }).name}`;
  const hosts = (Array.isArray(route) ? route : []).map(
    (entry: { destination?: { host?: unknown } } | null) => `${entry?.destination?.host}`,
  );
  return hosts.length === 1 ? `still go to ${hosts[0]}` : `are still split between ${hosts.join(' and ')}`;
}
