import { asciiLowerCase } from '../../ascii.js';
import { meshGateway } from '../../model/gateway.js';
import type { ResourceReference } from '../../model/place.js';
import type { HostRules, Rule } from '../../model/rule.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import type { Candidate } from '../candidate.js';
import { internalGatewayName, qualifyGateway } from '../gateway/gateway-name.js';
import type { MeshOptions } from '../mesh-options.js';
import { referenceTo } from '../reference.js';
import type { RulesView } from '../rules-view.js';
import { qualifyHost } from '../short-name.js';
import { reachOf } from '../visibility.js';
import { connectionRulesOf } from './connections.js';
import { mergeDelegate } from './delegate.js';
import { rulesOf } from './rules.js';
import { type SourcedRule, sourcedRules } from './sourced-rule.js';

interface Surroundings {
  /** By `namespace/name`. */
  delegates: ReadonlyMap<string, VirtualService>;
  options: MeshOptions;
}

/** The VirtualServices that may decide for a client, delegates in their place. */
export function virtualServiceCandidates(
  documents: readonly VirtualService[],
  { gateways, options }: RulesView,
): Candidate[] {
  const delegates = new Map<string, VirtualService>();
  for (const document of documents) {
    const key = `${document.metadata.namespace}/${document.metadata.name}`;
    if (document.spec.hosts.length === 0 && !delegates.has(key)) delegates.set(key, document);
  }
  const roots = documents.filter((document) => document.spec.hosts.length > 0 && isBound(document, gateways));
  return roots.map((document) => {
    const hosts = hostsOf(document);
    return {
      metadata: document.metadata,
      exportTo: exportedTo(document.spec.exportTo, options),
      hosts,
      isRoute: false,
      lower: (): HostRules => {
        const resource = referenceTo(document);
        const connections = connectionRulesOf(document, resource);
        return {
          document,
          resource,
          hosts,
          hostFields: hosts.map((_, index) => `spec.hosts[${index}]`),
          gateways: gatewaysOf(document),
          rules: lowerRules(document, resource, { delegates, options }),
          ...(connections.length > 0 && { connections }),
        };
      },
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
  return spec.gateways
    .map((gateway) => qualifyGateway(gateway, metadata.namespace))
    .filter((gateway) => !gateway.includes(internalGatewayName));
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
