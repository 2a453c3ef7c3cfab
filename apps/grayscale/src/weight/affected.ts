import type { JsonObject } from '@grayscale/manifest-files';
import {
  explain,
  type Location,
  placeText,
  type Resource,
  type RouteRequest,
  type RouteTable,
  type Workload,
} from '@grayscale/traffic-rules';
import { actionWords, matchBlocks, requestWords } from './match-words.js';
import { sampleRequest } from './sample-request.js';
import type { Split } from './split.js';

/** The rules in force once the weights are set, and who asks. */
export interface InForce {
  table: RouteTable;
  resources: readonly Resource[];
  workload: Workload;
}

/**
 * Whose requests a change of a split concerns, sentence by sentence: what of the calling workload's requests follows the split, and
 * what other rules of the VirtualService still decide. The engine is asked with a request for each rule.
 */
export function affected(split: Split, inForce: InForce): string[] {
  const { rules } = split.document;
  const host = hostsOf(split, inForce)[0];
  if (host === undefined) return ['No VirtualService hands requests to this rule.'];
  const entry = portFor(split, host, inForce);
  const others = rules.flatMap((rule, index) =>
    index === split.rule ? [] : otherRule(rule, { split, index, entry, host, inForce }),
  );
  return [...others, ownRequests(split, { entry, host, inForce, others: others.length > 0 })];
}

interface Entry {
  port: number;
}

function ownRequests(
  split: Split,
  { entry, host, inForce, others }: { entry: Entry; host: string; inForce: InForce; others: boolean },
): string {
  const rule = split.document.rules[split.rule] as JsonObject;
  const words = requestWords(rule) ?? (others ? 'all other requests' : 'all requests');
  const subject = `${capital(words)} to ${host} from workloads in ${inForce.workload.namespace}`;
  const decided = samples(rule, host, entry.port).map((request) => decidingRule(request, inForce));
  if (decided.length === 0 || decided.some((place) => samePlace(place?.location, split.place)))
    return `${subject} follow the new weights.`;
  const other = decided.find((place) => place !== undefined);
  return `${subject} do not follow this rule: ${other?.text ?? 'no rule'} decides for them.`;
}

function otherRule(
  rule: JsonObject,
  context: { split: Split; index: number; entry: Entry; host: string; inForce: InForce },
): string[] {
  const { split, index, entry, host, inForce } = context;
  const words = requestWords(rule);
  if (words === undefined) return [];
  const place = split.document.source.locatePath(['spec', 'http', index]);
  const requests = samples(rule, host, entry.port);
  const isDeciding =
    requests.length === 0
      ? index < split.rule
      : requests.some((request) => samePlace(decidingRule(request, inForce)?.location, place));
  return isDeciding ? [`${capital(words)} ${actionWords(rule)} (${placeText(place)}).`] : [];
}

/** A request for each block of a rule's match for which one can be made; of a rule without blocks, any request. */
function samples(rule: JsonObject, host: string, port: number): RouteRequest[] {
  const blocks = matchBlocks(rule);
  return (blocks.length === 0 ? [{}] : blocks).flatMap((block) => sampleRequest(block, host, port) ?? []);
}

function decidingRule(
  request: RouteRequest,
  { table }: InForce,
): { location: Location; text: string } | undefined {
  const { rule, resource } = explain(table, request).decision.because;
  if (rule === undefined || resource === undefined) return undefined;
  return {
    location: rule.location,
    text: `${resource.kind} ${resource.namespace}/${resource.name} (${placeText(rule.location)})`,
  };
}

/** The hosts that lead to the rule: of its VirtualService, or of all others if it is a delegate. */
function hostsOf({ document }: Split, { resources }: InForce): string[] {
  const { spec } = document.value as { spec?: { hosts?: unknown } };
  const own = Array.isArray(spec?.hosts) ? spec.hosts.filter((host) => typeof host === 'string') : [];
  const all = resources.flatMap((resource) =>
    resource.kind === 'VirtualService' ? resource.spec.hosts : [],
  );
  const { namespace } = document.identity;
  return (own.length > 0 ? own : all).map((host) =>
    host.startsWith('*')
      ? `any${host.slice(1) || '.example'}`
      : host.includes('.')
        ? host
        : `${host}.${namespace}.svc.cluster.local`,
  );
}

/** A port at which some rule decides for the host: 80, or one of the services'. */
function portFor(split: Split, host: string, inForce: InForce): Entry {
  const rule = split.document.rules[split.rule] as JsonObject;
  const ports = new Set([80, ...inForce.resources.flatMap(portsOf)]);
  const decides = (port: number) =>
    samples(rule, host, port).some((request) => decidingRule(request, inForce) !== undefined);
  return { port: [...ports].find(decides) ?? 80 };
}

function portsOf(resource: Resource): number[] {
  if (resource.kind !== 'Service' && resource.kind !== 'ServiceEntry') return [];
  return resource.spec.ports.map((port) => ('port' in port ? port.port : port.number));
}

function samePlace(a: Location | undefined, b: Location): boolean {
  return a?.file === b.file && a.line === b.line && a.column === b.column;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
