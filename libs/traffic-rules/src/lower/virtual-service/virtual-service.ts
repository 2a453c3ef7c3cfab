import { asciiLowerCase } from '../../ascii.js';
import { meshGateway } from '../../model/gateway.js';
import type { HostRules, ResourceReference, Rule } from '../../model/rule.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import type { Workload } from '../../workload.js';
import { qualifyGateway } from '../gateway/gateway-name.js';
import type { MeshOptions } from '../mesh-options.js';
import { referenceTo } from '../reference.js';
import { qualifyHost } from '../short-name.js';
import type { SidecarScope } from '../sidecar/sidecar-scope.js';
import { reachOf, visibleTo } from '../visibility.js';
import { mergeDelegate } from './delegate.js';
import { rulesOf } from './rules.js';
import { type SourcedRule, sourcedRules } from './sourced-rule.js';

/** Whose rules are looked at, and through what they see the mesh. */
export interface RulesView {
  workload: Workload;
  /** Those that its requests come through, `mesh` for a sidecar. */
  gateways: ReadonlySet<string>;
  scope: SidecarScope;
  options: MeshOptions;
}

interface Surroundings {
  /** By `namespace/name`. */
  delegates: ReadonlyMap<string, VirtualService>;
  options: MeshOptions;
}

/**
 * The VirtualServices that decide for the workload, in the order in which the first one wins, delegates in their place.
 */
export function lowerVirtualServices(
  documents: readonly VirtualService[],
  { workload, gateways, scope, options }: RulesView,
): HostRules[] {
  const exportToOf = ({ spec }: VirtualService) => exportedTo(spec.exportTo, options);
  const delegates = new Map<string, VirtualService>();
  for (const document of documents) {
    const key = `${document.metadata.namespace}/${document.metadata.name}`;
    if (document.spec.hosts.length === 0 && !delegates.has(key)) delegates.set(key, document);
  }
  const roots = documents.filter((document) => document.spec.hosts.length > 0 && isBound(document, gateways));
  return visibleTo(roots, workload.namespace, exportToOf).flatMap((document) => {
    const resource = referenceTo(document);
    const { namespace } = document.metadata;
    const hosts = hostsOf(document);
    if (!scope.takesRules(namespace, hosts)) return [];
    const isOnPort = scope.rulesOnPort(namespace, hosts);
    return {
      document,
      resource,
      hosts,
      gateways: gatewaysOf(document),
      rules: lowerRules(document, resource, { delegates, options }),
      ...(isOnPort !== undefined && { isOnPort }),
    };
  });
}

/** Fully qualified, in lower case. */
export function hostsOf({ spec, metadata }: VirtualService): string[] {
  return spec.hosts.map((host) => asciiLowerCase(qualifyHost(host, metadata.namespace)));
}

/** Who sees the rules: everybody, unless they or MeshConfig say otherwise. */
export function exportedTo(written: readonly string[], { exportTo }: MeshOptions): readonly string[] {
  return written.length === 0 ? exportTo.virtualService : written;
}

/** What the rules are for: sidecars, where nothing is written. */
export function gatewaysOf({ spec, metadata }: VirtualService): string[] {
  if (spec.gateways.length === 0) return [meshGateway];
  return spec.gateways.map((gateway) => qualifyGateway(gateway, metadata.namespace));
}

function isBound(document: VirtualService, gateways: ReadonlySet<string>): boolean {
  return gatewaysOf(document).some((gateway) => gateways.has(gateway));
}

function lowerRules(root: VirtualService, resource: ResourceReference, surroundings: Surroundings): Rule[] {
  return sourcedRules(root)
    .flatMap((rule) => withDelegate(rule, root, surroundings))
    .flatMap((rule) => rulesOf(rule, resource, surroundings.options.defaultRetry));
}

/** A delegate that is missing, or not exported to the root's namespace, takes only that rule away. */
function withDelegate(
  rule: SourcedRule,
  root: VirtualService,
  { delegates, options }: Surroundings,
): SourcedRule[] {
  const { delegate } = rule.http;
  if (delegate === undefined) return [rule];
  const owner = delegate.namespace ?? root.metadata.namespace;
  const document = delegates.get(`${owner}/${delegate.name}`);
  if (document === undefined) return [];
  const exportTo = exportedTo(document.spec.exportTo, options);
  if (reachOf(exportTo, owner, root.metadata.namespace) === undefined) return [];
  const reference = referenceTo(document);
  return sourcedRules(document)
    .filter(({ http }) => http.delegate === undefined)
    .flatMap((leaf) => mergeDelegate(rule, { ...leaf, delegate: reference }));
}
