import type { Because, Explanation, ResourceReference } from '@grayscale/traffic-rules';
import type { Wanted, WantedDestination } from './test-case.js';

type Destination = Explanation['destinations'][number];

/** Why an explanation is not what was wanted; empty when it is. */
export function differences(
  want: Wanted,
  explanation: Explanation,
  rule: Record<string, unknown> | undefined,
): string[] {
  const { decision, destinations } = explanation;
  const { because } = decision;
  const found: string[] = [];
  const note = (what: string, wanted: unknown, got: unknown) =>
    found.push(`${what}: wanted ${show(wanted)}, got ${show(got)}`);
  if (isEmpty(want) && because.reason !== 'rule') note('match', 'a rule', because.reason);
  if (want.route !== undefined && !sameRoute(want.route, destinations, because.resource?.namespace ?? '')) {
    note('route', describeWanted(want.route), describeDestinations(destinations) || decision.kind);
  }
  for (const [part, wanted] of Object.entries(want.rule)) {
    const written = part === 'delegate' ? delegateOf(because) : rule?.[part];
    if (!contains(written, wanted)) note(part, wanted, written);
  }
  if (want.status !== undefined && want.status !== statusOf(explanation))
    note('status', want.status, statusOf(explanation));
  if (want.ruleName !== undefined && want.ruleName !== because.rule?.name)
    note('rule', want.ruleName, because.rule?.name);
  if (want.virtualService !== undefined && !isNamed(want.virtualService, because.resource)) {
    const { namespace, name } = because.resource ?? {};
    note('virtualService', want.virtualService, name && `${namespace}/${name}`);
  }
  return found;
}

/** The status that the mesh answers itself, in words where that is not one for all; undefined when requests are sent on. */
function statusOf({ answers }: Explanation): number | string | undefined {
  const [first] = answers;
  if (first === undefined) return undefined;
  const alike = answers.filter(({ status }) => status === first.status);
  if (Math.abs(1 - shareOf(alike)) < 1e-9) return first.status ?? 'no answer: the connection is closed';
  const parts = answers.map(({ status, share }) => `${status ?? 'no answer'} for ${percent(share)}`);
  const others = 1 - shareOf(answers);
  return [...parts, ...(others > 1e-9 ? [`the other ${percent(others)} sent on`] : [])].join(', ');
}

function shareOf(answers: Explanation['answers']): number {
  return answers.reduce((sum, { share }) => sum + share, 0);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function describeDestinations(destinations: readonly Destination[]): string {
  return destinations.map(({ host, port, subset, share }) => describe(host, port, subset, share)).join(' + ');
}

function describeWanted(route: readonly WantedDestination[]): string {
  const total = totalWeight(route);
  return route
    .map(({ host, port, subset, weight }) => describe(host, port, subset, total && (weight ?? 0) / total))
    .join(' + ');
}

function describe(host: string, port?: number, subset?: string, share?: number): string {
  const name = `${host}${port === undefined ? '' : `:${port}`}${subset ? ` subset ${subset}` : ''}`;
  return share === undefined ? name : `${name} ${percent(share)}`;
}

/** In any order; ports, subsets and weights count where they are written. */
function sameRoute(
  wanted: readonly WantedDestination[],
  actual: readonly Destination[],
  namespace: string,
): boolean {
  const reachable = actual.filter(({ share }) => share > 0);
  const asked = totalWeight(wanted) === undefined ? wanted : wanted.filter(({ weight = 0 }) => weight > 0);
  const total = totalWeight(asked);
  const rest = [...reachable];
  const allFound = asked.every((one) => {
    const index = rest.findIndex((destination) => sameDestination(one, destination, namespace, total));
    return index >= 0 && rest.splice(index, 1).length === 1;
  });
  return allFound && rest.length === 0;
}

function sameDestination(
  { host, port, subset, weight = 0 }: WantedDestination,
  actual: Destination,
  namespace: string,
  total: number | undefined,
): boolean {
  const names = host.includes('.') ? [host] : [host, `${host}.${namespace}.svc.cluster.local`];
  return (
    names.includes(actual.host) &&
    (port === undefined || port === actual.port) &&
    (subset === undefined || subset === actual.subset) &&
    (total === undefined || Math.abs(weight / total - actual.share) < 1e-9)
  );
}

/** The sum of the weights; undefined when none is written. */
function totalWeight(route: readonly WantedDestination[]): number | undefined {
  const total = route.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return total === 0 ? undefined : total;
}

/** The rule that decides stands in the delegate; the one that leads there is the root's. */
function delegateOf({ rule }: Because): Pick<ResourceReference, 'name' | 'namespace'> | undefined {
  return rule?.delegate && { name: rule.delegate.name, namespace: rule.delegate.namespace };
}

/** Whether everything in `wanted` is in `actual`. */
function contains(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, index) => contains(actual[index], item))
    );
  }
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    contains((actual as Record<string, unknown>)[key], value),
  );
}

function isNamed(wanted: string, actual: { namespace: string; name: string } | undefined): boolean {
  return actual !== undefined && [actual.name, `${actual.namespace}/${actual.name}`].includes(wanted);
}

function isEmpty({ rule, ...others }: Wanted): boolean {
  return Object.keys(rule).length === 0 && Object.keys(others).length === 0;
}

function show(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}
