import { asciiLowerCase } from '../../ascii.js';
import { meshGateway } from '../../model/gateway.js';
import type { HostRules, ResourceReference, Rule } from '../../model/rule.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import type { Workload } from '../../workload.js';
import { qualifyGateway } from '../gateway/gateway-name.js';
import { referenceTo } from '../reference.js';
import { qualifyHost } from '../short-name.js';
import { reachOf, visibleTo } from '../visibility.js';
import { mergeDelegate } from './delegate.js';
import { rulesOf } from './rules.js';
import { type SourcedRule, sourcedRules } from './sourced-rule.js';

/**
 * The VirtualServices that decide for the workload, in the order in which the first one wins, delegates in their place.
 * @param gateways those that its requests come through, `mesh` for a sidecar
 */
export function lowerVirtualServices(
  documents: readonly VirtualService[],
  workload: Workload,
  gateways: ReadonlySet<string>,
): HostRules[] {
  const delegates = new Map<string, VirtualService>();
  for (const document of documents) {
    const key = `${document.metadata.namespace}/${document.metadata.name}`;
    if (document.spec.hosts.length === 0 && !delegates.has(key)) delegates.set(key, document);
  }
  const roots = documents.filter((document) => document.spec.hosts.length > 0 && isBound(document, gateways));
  return visibleTo(roots, workload.namespace, ({ spec }) => spec.exportTo).map((document) => {
    const resource = referenceTo(document);
    return {
      document,
      resource,
      hosts: document.spec.hosts.map((host) =>
        asciiLowerCase(qualifyHost(host, document.metadata.namespace)),
      ),
      gateways: gatewaysOf(document),
      rules: lowerRules(document, resource, delegates),
    };
  });
}

/** What the rules are for: sidecars, where nothing is written. */
export function gatewaysOf({ spec, metadata }: VirtualService): string[] {
  if (spec.gateways.length === 0) return [meshGateway];
  return spec.gateways.map((gateway) => qualifyGateway(gateway, metadata.namespace));
}

function isBound(document: VirtualService, gateways: ReadonlySet<string>): boolean {
  return gatewaysOf(document).some((gateway) => gateways.has(gateway));
}

function lowerRules(
  root: VirtualService,
  resource: ResourceReference,
  delegates: ReadonlyMap<string, VirtualService>,
): Rule[] {
  return sourcedRules(root)
    .flatMap((rule) => withDelegate(rule, root, delegates))
    .flatMap((rule) => rulesOf(rule, resource));
}

/** A delegate that is missing, or not exported to the root's namespace, takes only that rule away. */
function withDelegate(
  rule: SourcedRule,
  root: VirtualService,
  delegates: ReadonlyMap<string, VirtualService>,
): SourcedRule[] {
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
}
