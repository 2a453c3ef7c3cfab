import { meshGateway } from '../../model/gateway.js';
import type { Document } from '../../model/place.js';
import type { Gateway } from '../../resources/gateway.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';
import { qualifyGateway } from '../gateway/gateway-name.js';

/** Gateways that rules are bound to and that are not among the files (istioctl's IST0101); where there is none at all, they are somewhere else. */
export function remarkOnGateways(
  documents: readonly VirtualService[],
  gateways: readonly Gateway[],
  reportOf: (document: Document) => Report,
): void {
  if (gateways.length === 0) return;
  const known = new Set(gateways.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  for (const document of documents)
    document.spec.gateways.forEach((written, index) => {
      const name = qualifyGateway(written, document.metadata.namespace);
      if (name === meshGateway || known.has(name)) return;
      reportOf(document).warning(
        'gateway-unknown',
        `spec.gateways[${index}]`,
        `there is no Gateway ${name} in these files; rules for it do nothing. Those here are ${[...known].slice(0, 5).join(', ')}.`,
      );
    });
}
