import { meshGateway } from '../../model/gateway.js';
import type { Document } from '../../model/place.js';
import type { Gateway } from '../../resources/gateway.js';
import type { KubernetesGateway } from '../../resources/gateway-api.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';
import { internalGatewayName, qualifyGateway } from '../gateway/gateway-name.js';

/** The Gateways of both APIs. */
interface Gateways {
  istio: readonly Gateway[];
  api: readonly KubernetesGateway[];
}

/**
 * Gateways that rules are bound to and that are not among the files (istioctl's IST0101), or that VirtualServices cannot be bound to
 * (IST0165; recorded: `gwapi-with-virtual-service`); where there is none at all, they are somewhere else.
 */
export function remarkOnGateways(
  documents: readonly VirtualService[],
  gateways: Gateways,
  reportOf: (document: Document) => Report,
): void {
  const known = new Set(gateways.istio.map(nameOf));
  const ofApi = new Set(gateways.api.map(nameOf));
  for (const document of documents)
    document.spec.gateways.forEach((written, index) => {
      const name = qualifyGateway(written, document.metadata.namespace);
      if (name === meshGateway || known.has(name)) return;
      const problem = problemOf(name, known, ofApi);
      if (problem !== undefined)
        reportOf(document).warning('gateway-unknown', `spec.gateways[${index}]`, problem);
    });
}

function problemOf(name: string, known: ReadonlySet<string>, ofApi: ReadonlySet<string>): string | undefined {
  if (name.includes(internalGatewayName))
    return `${name} is a name that Istio uses inside for a Gateway of the Gateway API, and that may change; write an HTTPRoute with that Gateway as its parent.`;
  if (ofApi.has(name))
    return `${name} is a Gateway of the Gateway API (gateway.networking.k8s.io), and a VirtualService cannot be bound to one: its rules do nothing there. Write an HTTPRoute with it as parent, or a Gateway of networking.istio.io.`;
  if (known.size === 0) return undefined;
  return `there is no Gateway ${name} in these files; rules for it do nothing. Those here are ${[...known].slice(0, 5).join(', ')}.`;
}

function nameOf({ metadata }: Gateway | KubernetesGateway): string {
  return `${metadata.namespace}/${metadata.name}`;
}
