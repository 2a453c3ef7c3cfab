import { inlineHeaders, inlineResponseHeaders, joinLines } from '../inline-headers.js';
import type { HeaderContext } from './header-context.js';
import { formatHeaderValue } from './header-value-format.js';
import type { HeaderValueFormat } from './header-value-syntax.js';

/** One change of a header; the list is already in Envoy's order (removals before sets, sets before adds). Names are lower-case. */
export type HeaderMutation =
  | { kind: 'remove'; name: string }
  /** `value` is an Envoy format string, parsed; `applyHeaderMutations` fills it in. */
  | { kind: 'set' | 'add'; name: string; value: HeaderValueFormat; level?: RuleLevel };

/** Where a rule's changes come after those of one destination of a split, they see what that one changed (Envoy, router's finalizeRequestHeaders). */
export interface RuleLevel {
  /** The Host that the destination set; absent: none. */
  authority?: string;
}

/**
 * The headers after a rule's changes, which are made in order. Values refer to the headers as they were before
 * the sets and adds that stand together with them, but after removals (Envoy, header_parser.cc evaluateHeaders).
 * A value that comes out empty changes nothing, and one that is added to an inline header joins its line.
 * @param headers names and values in turn; left as it is.
 */
export function applyHeaderMutations(
  headers: readonly string[],
  mutations: readonly HeaderMutation[],
  context: HeaderContext,
): string[] {
  const changed = [...headers];
  const inline = context.response === undefined ? inlineHeaders : inlineResponseHeaders;
  let index = 0;
  while (index < mutations.length) {
    const mutation = mutations[index] as HeaderMutation;
    if (mutation.kind === 'remove') {
      removeHeader(changed, mutation.name);
      index += 1;
      continue;
    }
    const batch = additionsFrom(mutations, index);
    const current = withHeaders(context, changed, batch[0]?.level);
    const values = batch.map(({ value }) => formatHeaderValue(value, current));
    batch.forEach(({ kind, name }, position) => {
      const value = values[position];
      if (value === undefined || value === '') return;
      if (kind === 'set') removeHeader(changed, name);
      else if (inline.has(name) && joinHeader(changed, name, value)) return;
      changed.push(name, value);
    });
    index += batch.length;
  }
  return changed;
}

type Addition = Exclude<HeaderMutation, { kind: 'remove' }>;

/** The sets and adds of one level (route, destination): a removal begins the next one. */
function additionsFrom(mutations: readonly HeaderMutation[], start: number): Addition[] {
  const batch: Addition[] = [];
  for (let index = start; index < mutations.length; index++) {
    const mutation = mutations[index] as HeaderMutation;
    if (mutation.kind === 'remove') break;
    if (batch.length > 0 && mutation.level !== batch[0]?.level) break;
    batch.push(mutation);
  }
  return batch;
}

function withHeaders(
  context: HeaderContext,
  headers: readonly string[],
  level: RuleLevel | undefined,
): HeaderContext {
  if (context.response !== undefined) return { ...context, response: { ...context.response, headers } };
  return { ...context, request: { ...context.request, headers, ...level } };
}

/** False when there is no such header yet. */
function joinHeader(headers: string[], name: string, value: string): boolean {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== name) continue;
    headers[index + 1] = joinLines(headers[index + 1] as string, value);
    return true;
  }
  return false;
}

function removeHeader(headers: string[], name: string): void {
  let kept = 0;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) continue;
    headers[kept] = headers[index] as string;
    headers[kept + 1] = headers[index + 1] as string;
    kept += 2;
  }
  headers.length = kept;
}
