import { asciiLowerCase } from '../../ascii.js';
import type { ConnectionRule } from '../../model/connection.js';
import type { Entry, Place, ResourceReference } from '../../model/place.js';
import type { Requirement, Subject, Test } from '../../model/requirement.js';
import type {
  Layer4Destination,
  Layer4Match,
  TcpRule,
  TlsRule,
  VirtualService,
} from '../../resources/virtual-service.js';
import { member } from '../../validate/report.js';
import { qualifyGateway } from '../gateway/gateway-name.js';
import { lazyLocation } from '../lazy-location.js';
import { qualifyHost } from '../short-name.js';

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
      requirements: requirementsOf(one, document, at),
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

/** Unlike those of HTTP, source labels count beside gateways (Istio, tls.go matchTCP). */
function requirementsOf(match: Layer4Match, document: VirtualService, path: string): Requirement[] {
  const { port, gateways, sourceLabels, sourceNamespace } = match;
  const requirements: Requirement[] = [];
  const ask = (field: string, subject: Subject, test: Test) =>
    requirements.push({ subject, test, absent: false, origin: { document, path }, field });
  if (port) ask('port', { kind: 'port' }, exactly(`${port}`));
  if (gateways.length > 0) {
    const values = gateways.map((gateway) => qualifyGateway(gateway, document.metadata.namespace));
    ask('gateways', { kind: 'gateway' }, { kind: 'one-of', values });
  }
  for (const name in sourceLabels)
    ask(member('sourceLabels', name), { kind: 'source-label', name }, exactly(sourceLabels[name] ?? ''));
  if (sourceNamespace) ask('sourceNamespace', { kind: 'source-namespace' }, exactly(sourceNamespace));
  return requirements;
}

function exactly(value: string): Test {
  return { kind: 'exact', value, ignoreCase: false };
}
