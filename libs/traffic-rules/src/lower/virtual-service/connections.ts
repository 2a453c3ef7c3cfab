import { asciiLowerCase } from '../../ascii.js';
import type { ConnectionRule } from '../../model/connection.js';
import type { Entry, Place, ResourceReference } from '../../model/place.js';
import type { Layer4Destination, TcpRule, TlsRule, VirtualService } from '../../resources/virtual-service.js';
import { lazyLocation } from '../lazy-location.js';
import { qualifyHost } from '../short-name.js';
import { connectionRequirementsOf } from './requirements.js';

/** The `tls` and `tcp` rules of a VirtualService, one for each match; a rule that leads nowhere does not exist. */
export function connectionRulesOf(document: VirtualService, resource: ResourceReference): ConnectionRule[] {
  const { tls, tcp } = document.spec;
  return [
    ...tls.flatMap((rule, index) => rulesOf('tls', rule, `spec.tls[${index}]`, index, document, resource)),
    ...tcp.flatMap((rule, index) => rulesOf('tcp', rule, `spec.tcp[${index}]`, index, document, resource)),
  ];
}

function rulesOf(
  layer: ConnectionRule['layer'],
  { match, route }: TlsRule | TcpRule,
  path: string,
  index: number,
  document: VirtualService,
  resource: ResourceReference,
): ConnectionRule[] {
  if (route.length === 0) return [];
  const entry = (position: number, at: string): Entry => ({
    index: position,
    path: at,
    location: lazyLocation(document.source, at),
  });
  const place: Place = { document, resource, rule: entry(index, path) };
  const destinations = destinationsOf(route, document);
  // TLS is told apart by its matches: without one there is nothing to go by.
  if (match.length === 0 && layer === 'tls') return [];
  if (match.length === 0)
    return [{ layer, place, requirements: [], serverNames: [], subnets: [], destinations }];
  return match.map((one, position) => {
    const at = `${path}.match[${position}]`;
    return {
      layer,
      place: { ...place, match: entry(position, at) },
      // Unlike those of HTTP, source labels count beside gateways (Istio, tls.go matchTCP).
      requirements: connectionRequirementsOf(one, { document, path: at }),
      serverNames: 'sniHosts' in one ? one.sniHosts.map(asciiLowerCase) : [],
      subnets: one.destinationSubnets,
      destinations,
    };
  });
}

function destinationsOf(route: readonly Layer4Destination[], { metadata }: VirtualService) {
  return route.map(({ destination, weight = 0 }, index) => ({
    host: qualifyHost(destination.host, metadata.namespace),
    ...(destination.port !== undefined && { port: destination.port }),
    subset: destination.subset ?? '',
    field: `route[${index}].destination`,
    hostField: 'host' as const,
    weight: route.length > 1 ? Math.max(0, weight) : 1,
  }));
}
