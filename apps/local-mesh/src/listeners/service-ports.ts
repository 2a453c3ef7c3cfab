import { isLoopback } from '../loopback.js';
import { listenFailure } from '../messages.js';
import { addressText } from '../proxy/address.js';
import type { MeshProxy } from '../proxy/proxy.js';
import type { RuleBook } from '../rules/rule-book.js';
import { StartError } from '../start-error.js';
import { type Listener, takenBy } from './listener.js';
import type { ServiceMapping } from './port-mapping.js';
import { adviceFor, isKnown } from './unknown-service.js';

/** The ports of `--listen`: each stands for a service of the mesh. */
export class ServicePorts {
  /** Those that the rules in force do not know. */
  private unknown: ReadonlySet<ServiceMapping> = new Set();

  /** @param address where a mapping without an address listens */
  constructor(
    private readonly mappings: readonly ServiceMapping[],
    private readonly rules: RuleBook,
    private readonly address: string,
  ) {}

  /** @throws StartError for a service that the rules do not know, with what to write instead */
  check(): void {
    for (const mapping of this.mappings) {
      const { service } = mapping;
      const { table, workload } = this.rules.inForce;
      if (isKnown(table, service)) continue;
      const name = addressText(service);
      throw new StartError(
        `--listen ${this.written(mapping)}: no service and no rule is called ${name}, seen from the namespace ${workload.namespace}; ${adviceFor(table, service)}`,
      );
    }
  }

  /** @throws StartError when a port cannot be had */
  async open(proxy: MeshProxy): Promise<Listener[]> {
    const listeners: Listener[] = [];
    for (const mapping of this.mappings) listeners.push(await this.listen(proxy, mapping));
    return listeners;
  }

  /** What is to be said when the rules have changed: services that they do not know any more. */
  changed(): string[] {
    const unknown = this.mappings.filter(({ service }) => !isKnown(this.rules.inForce.table, service));
    const news = unknown.filter((mapping) => !this.unknown.has(mapping));
    this.unknown = new Set(unknown);
    return news.map(
      (mapping) =>
        `warning: --listen ${this.written(mapping)}: the changed rules do not know this service any more`,
    );
  }

  /** Ports that other machines reach. */
  warnings(listeners: readonly Listener[]): string[] {
    return listeners
      .filter(({ address }) => !isLoopback(address))
      .map(
        ({ address, port, standsFor }) =>
          `warning: ${addressText({ host: address, port })} lets other machines use ${standsFor}.`,
      );
  }

  private async listen(proxy: MeshProxy, mapping: ServiceMapping): Promise<Listener> {
    const { port, service } = mapping;
    const address = mapping.address ?? this.address;
    try {
      const bound = await proxy.listen({ host: address, port }, { kind: 'service', ...service });
      const standsFor = addressText(service);
      return {
        address: bound.address,
        port: bound.port,
        standsFor,
        takes: takenBy[this.rules.inspection(service)],
      };
    } catch (error) {
      const advice = `--listen OTHER_PORT=${addressText(service)}`;
      throw new StartError(listenFailure(error, { address, port, option: advice }));
    }
  }

  private written({ address, port, service }: ServiceMapping): string {
    const here = address === undefined ? String(port) : addressText({ host: address, port });
    return `${here}=${addressText(service)}`;
  }
}
