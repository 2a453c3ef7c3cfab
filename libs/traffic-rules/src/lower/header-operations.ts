import { toBytes } from '../bytes.js';
import type { HeaderMutation, RuleLevel } from '../headers/header-mutation.js';
import { parseHeaderValue } from '../headers/header-value-syntax.js';
import type { HeaderOperations, Headers } from '../resources/virtual-service.js';

interface Mutations {
  remove: HeaderMutation[];
  set: HeaderMutation[];
  add: HeaderMutation[];
}

/** The changes that a rule and its destination ask for, in Envoy's order. */
export interface MergedHeaders {
  request: readonly HeaderMutation[];
  response: readonly HeaderMutation[];
}

const unchanged: MergedHeaders = { request: [], response: [] };

/**
 * A single destination's changes join the rule's: all removals, then all sets, then all adds. Beside others a
 * destination has a level of its own, applied before the rule's, so that what both set is the rule's (Istio, route.go
 * processWeightedDestination; recorded: `weights-headers`).
 */
export function mergeHeaders(
  rule: Headers | undefined,
  destination: Headers | undefined,
  weighted: boolean,
): MergedHeaders {
  if (rule === undefined && destination === undefined) return unchanged;
  return {
    request: inOrder(rule?.request, destination?.request, weighted ? levelOver(destination) : undefined),
    response: inOrder(rule?.response, destination?.response, weighted ? {} : undefined),
  };
}

/** @param level of the rule's changes; undefined: they and the destination's are one */
function inOrder(
  ofRule: HeaderOperations | undefined,
  ofDestination: HeaderOperations | undefined,
  level: RuleLevel | undefined,
): HeaderMutation[] {
  const inner = mutations(ofDestination);
  const outer = mutations(ofRule, level);
  if (level !== undefined)
    return [inner, outer].flatMap(({ remove, set, add }) => [...remove, ...set, ...add]);
  return (['remove', 'set', 'add'] as const).flatMap((kind) => [...outer[kind], ...inner[kind]]);
}

function levelOver(destination: Headers | undefined): RuleLevel {
  const authority = authorityOf(destination);
  return authority === undefined ? {} : { authority: toBytes(authority) };
}

function mutations(operations: HeaderOperations | undefined, level?: RuleLevel): Mutations {
  if (operations === undefined) return { remove: [], set: [], add: [] };
  return {
    remove: operations.remove
      .filter((name) => !isInternal(name))
      .map((name) => ({ kind: 'remove', name: name.toLowerCase() })),
    set: values('set', operations.set, level),
    add: values('add', operations.add, level),
  };
}

/** Sorted by name, as Istio writes them. */
function values(
  kind: 'set' | 'add',
  headers: Record<string, string>,
  level: RuleLevel | undefined,
): HeaderMutation[] {
  return Object.entries(headers)
    .filter(([name]) => !isInternal(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => ({
      ...{ kind, name: name.toLowerCase(), value: parseHeaderValue(value) },
      ...(level !== undefined && { level }),
    }));
}

/** The Host that request operations ask for: `host` or `:authority` in `set`, else in `add`. */
export function authorityOf(headers: Headers | undefined): string | undefined {
  const { set = {}, add = {} } = headers?.request ?? {};
  const found = [...Object.entries(set), ...Object.entries(add)].find(([name]) =>
    /^(?::authority|host)$/i.test(name),
  );
  return found?.[1] || undefined;
}

function isInternal(name: string): boolean {
  return name.startsWith(':') || name.toLowerCase() === 'host';
}
