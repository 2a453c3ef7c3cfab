import { asciiLowerCase } from '../../ascii.js';
import { anyConnection, type ConnectionRule } from '../../model/connection.js';
import type { Entry, Place, ResourceReference } from '../../model/place.js';
import type { Origin } from '../../model/requirement.js';
import type {
  Layer4Destination,
  TcpMatch,
  TlsMatch,
  VirtualService,
} from '../../resources/virtual-service.js';
import { lazyLocation } from '../lazy-location.js';
import { qualifyHost } from '../short-name.js';
import { tcpRequirementsOf, tlsRequirementsOf } from './requirements.js';

/** The `tls` and `tcp` rules of a VirtualService, one for each match; a rule that leads nowhere does not exist. */
export function connectionRulesOf(document: VirtualService, resource: ResourceReference): ConnectionRule[] {
  const { tls, tcp } = document.spec;
  return [
    ...tls.flatMap((rule, index) => rulesOf(rule, askedOfTls, { layer: 'tls', index, document, resource })),
    ...tcp.flatMap((rule, index) => rulesOf(rule, askedOfTcp, { layer: 'tcp', index, document, resource })),
  ];
}

/** Where a rule stands. */
interface Position {
  layer: ConnectionRule['layer'];
  index: number;
  document: VirtualService;
  resource: ResourceReference;
}

/** What a match asks for. Unlike with HTTP, source labels count beside gateways (Istio, tls.go matchTCP). */
type Asked = Pick<ConnectionRule, 'requirements' | 'match'>;

function askedOfTls(match: TlsMatch, origin: Origin): Asked {
  const { destinationSubnets: subnets, sniHosts } = match;
  return {
    requirements: tlsRequirementsOf(match, origin),
    match: { subnets, serverNames: sniHosts.map(asciiLowerCase) },
  };
}

function askedOfTcp(match: TcpMatch, origin: Origin): Asked {
  return {
    requirements: tcpRequirementsOf(match, origin),
    match: { ...anyConnection, subnets: match.destinationSubnets },
  };
}

function rulesOf<Match>(
  { match, route }: { match: readonly Match[]; route: readonly Layer4Destination[] },
  askedOf: (match: Match, origin: Origin) => Asked,
  position: Position,
): ConnectionRule[] {
  if (route.length === 0) return [];
  const { layer, document } = position;
  const place = placeOf(position);
  const rule = { layer, place, destinations: destinationsOf(route, document) };
  // TLS is told apart by its matches: without one there is nothing to go by.
  if (match.length === 0 && layer === 'tls') return [];
  if (match.length === 0) return [{ ...rule, requirements: [], match: anyConnection }];
  return match.map((one, index) => {
    const path = `${place.rule.path}.match[${index}]`;
    return {
      ...rule,
      place: { ...place, match: entryOf(document, index, path) },
      ...askedOf(one, { document, path }),
    };
  });
}

function placeOf({ layer, index, document, resource }: Position): Place {
  return { document, resource, rule: entryOf(document, index, `spec.${layer}[${index}]`) };
}

function entryOf({ source }: VirtualService, index: number, path: string): Entry {
  return { index, path, location: lazyLocation(source, path) };
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
