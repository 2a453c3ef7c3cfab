import type { ResourceReference } from '../decision.js';
import type { Location } from '../issue.js';
import { compileMatchBlock, type MatchBlock, matchAll } from '../match/match-block.js';
import type {
  Destination,
  HttpMatchRequest,
  HttpRule,
  VirtualService,
} from '../resources/virtual-service.js';
import type { Workload } from '../workload.js';
import { mergeDelegate } from './delegate.js';
import { asciiLowerCase, qualifyHost } from './host-name.js';
import { isSubset } from './labels.js';
import { lazyLocation } from './lazy-location.js';
import { reachOf, visibleTo } from './visibility.js';

/** A VirtualService as one workload sees it: names qualified, delegates in place, matches compiled; ports still open. */
export interface PreparedVirtualService {
  reference: ResourceReference;
  /** Qualified and in lower case. */
  hosts: readonly string[];
  rules: readonly PreparedRule[];
}

export interface PreparedRule {
  /** With qualified hosts. */
  http: HttpRule;
  /** Its place in the document that it stands in. */
  index: number;
  location: Location;
  /** The document of a delegate that the rule came from. */
  delegate?: ResourceReference;
  blocks: readonly PreparedBlock[];
}

export interface PreparedBlock {
  /** Absent for a rule without match blocks. */
  match?: HttpMatchRequest;
  index: number;
  location: Location;
  compiled: MatchBlock;
  /** Why this workload never meets the block, in words. */
  excluded?: string;
}

/** A rule before its matches are compiled; delegates are merged in this form. */
export interface SourcedRule {
  http: HttpRule;
  index: number;
  location: Location;
  delegate?: ResourceReference;
  matches: ReadonlyArray<{ match: HttpMatchRequest; index: number; location: Location }>;
}

/** The VirtualServices that decide for the workload, in the order in which the first one wins. */
export function prepareVirtualServices(
  documents: readonly VirtualService[],
  workload: Workload,
): PreparedVirtualService[] {
  const delegates = new Map<string, VirtualService>();
  for (const document of documents) {
    const key = `${document.metadata.namespace}/${document.metadata.name}`;
    if (document.spec.hosts.length === 0 && !delegates.has(key)) delegates.set(key, document);
  }
  const roots = documents.filter(({ spec }) => spec.hosts.length > 0 && bindsMesh(spec.gateways));
  return visibleTo(roots, workload.namespace, ({ spec }) => spec.exportTo).map((document) => ({
    reference: referenceTo(document),
    hosts: document.spec.hosts.map((host) => asciiLowerCase(qualifyHost(host, document.metadata.namespace))),
    rules: rulesOf(document, delegates).map((rule) => prepareRule(rule, workload)),
  }));
}

export function referenceTo({ kind, metadata, source }: VirtualService): ResourceReference {
  const { file, line, column } = source;
  return { kind, namespace: metadata.namespace, name: metadata.name, location: { file, line, column } };
}

function bindsMesh(gateways: readonly string[]): boolean {
  return gateways.length === 0 || gateways.includes('mesh');
}

/** A delegate that is missing, or not exported to the root's namespace, takes only that rule away. */
function rulesOf(root: VirtualService, delegates: ReadonlyMap<string, VirtualService>): SourcedRule[] {
  return sourcedRules(root).flatMap((rule) => {
    const { delegate } = rule.http;
    if (delegate === undefined) return [rule];
    const owner = delegate.namespace ?? root.metadata.namespace;
    const document = delegates.get(`${owner}/${delegate.name}`);
    if (document === undefined) return [];
    if (reachOf(document.spec.exportTo, owner, root.metadata.namespace) === undefined) return [];
    const reference = referenceTo(document);
    return sourcedRules(document)
      .filter(({ http }) => http.delegate === undefined)
      .flatMap((leaf) => mergeDelegate(rule, { ...leaf, delegate: reference }));
  });
}

function sourcedRules(document: VirtualService): SourcedRule[] {
  const { namespace } = document.metadata;
  return document.spec.http.map((http, index) => {
    const path = `spec.http[${index}]`;
    return {
      http: qualifyDestinations(http, namespace),
      index,
      location: lazyLocation(document.source, path),
      matches: http.match.map((match, position) => ({
        match,
        index: position,
        location: lazyLocation(document.source, `${path}.match[${position}]`),
      })),
    };
  });
}

function qualifyDestinations(http: HttpRule, namespace: string): HttpRule {
  const qualify = (destination: Destination): Destination => {
    const host = qualifyHost(destination.host, namespace);
    return host === destination.host ? destination : { ...destination, host };
  };
  return {
    ...http,
    route: http.route.map((entry) => ({ ...entry, destination: qualify(entry.destination) })),
    mirrors: http.mirrors.map((entry) => ({ ...entry, destination: qualify(entry.destination) })),
    ...(http.mirror !== undefined && { mirror: qualify(http.mirror) }),
  };
}

function prepareRule({ matches, ...rule }: SourcedRule, workload: Workload): PreparedRule {
  if (matches.length === 0) {
    return { ...rule, blocks: [{ index: 0, location: rule.location, compiled: matchAll }] };
  }
  const blocks = matches.map(({ match, index, location }) => {
    const excluded = exclusion(match, workload);
    const compiled = compileMatchBlock(match);
    return { match, index, location, compiled, ...(excluded !== undefined && { excluded }) };
  });
  return { ...rule, blocks };
}

/** With `gateways` written, source labels and namespace are not looked at (Istio, route.go sourceMatchHTTP). */
function exclusion(match: HttpMatchRequest, workload: Workload): string | undefined {
  const { gateways, sourceLabels, sourceNamespace } = match;
  if (gateways.length > 0) {
    return gateways.includes('mesh') ? undefined : `gateways ${gateways.join(', ')} do not include mesh`;
  }
  if (!isSubset(sourceLabels, workload.labels)) {
    const wanted = Object.entries(sourceLabels).map(([key, value]) => `${key}=${value}`);
    return `the calling workload does not have sourceLabels ${wanted.join(', ')}`;
  }
  if (sourceNamespace !== undefined && sourceNamespace !== '' && sourceNamespace !== workload.namespace) {
    return `the calling workload is in namespace ${workload.namespace}, not in sourceNamespace ${sourceNamespace}`;
  }
  return undefined;
}
