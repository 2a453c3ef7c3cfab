import { isSubset } from '../../model/service.js';
import type { Service } from '../../resources/kubernetes.js';
import type { Workload } from '../../workload.js';

/** The Services that stand before a gateway: clients dial their ports, and its process listens on what these make of them. */
export class GatewayService {
  readonly #targets = new Map<number, number>();

  constructor(services: readonly Service[], workload: Workload) {
    for (const service of services) {
      if (service.metadata.namespace !== workload.namespace || !selects(service, workload)) continue;
      for (const port of service.spec.ports)
        if (!this.#targets.has(port.port)) this.#targets.set(port.port, targetOf(port));
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
export function selects({ spec: { selector } }: Service, { labels }: Workload): boolean {
  return Object.keys(selector).length > 0 && isSubset(selector, labels);
}

/** What a port of a Service leads to; a name of the pod's stands for the same number. */
export function targetOf({ port, targetPort }: Service['spec']['ports'][number]): number {
  return typeof targetPort === 'number' ? targetPort : port;
}
