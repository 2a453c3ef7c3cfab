import { isSubset } from '../../model/service.js';
import type { Service } from '../../resources/kubernetes.js';
import type { Workload } from '../../workload.js';

/** The Services that stand before a gateway: clients dial their ports, and its process listens on what these make of them. */
export class GatewayService {
  readonly #targets = new Map<number, number>();

  constructor(services: readonly Service[], { namespace, labels }: Workload) {
    for (const { metadata, spec } of services) {
      if (metadata.namespace !== namespace || !selects(spec.selector, labels)) continue;
      for (const { port, targetPort } of spec.ports)
        if (!this.#targets.has(port))
          this.#targets.set(port, typeof targetPort === 'number' ? targetPort : port);
    }
  }

  /** A port that no Service has is listened on as it is (Istio, gateway.go resolvePorts). */
  targetPortOf(port: number): number {
    return this.#targets.get(port) ?? port;
  }

  /** The ports that lead to one of the process: those of Services, and its own where a Service has no other use for it. */
  portsTo(bindPort: number): number[] {
    const ports = [...this.#targets].filter(([, target]) => target === bindPort).map(([port]) => port);
    return this.#targets.has(bindPort) ? ports : [...ports, bindPort];
  }
}

/** A Service without a selector selects nothing. */
function selects(selector: Readonly<Record<string, string>>, labels: Workload['labels']): boolean {
  return Object.keys(selector).length > 0 && isSubset(selector, labels);
}
