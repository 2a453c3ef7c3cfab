import { isIP } from 'node:net';
import type { MeshGateway } from '../model/mesh.js';
import type { RegistryPort, RegistryService } from '../model/service.js';
import {
  type ChainSources,
  type ConnectionChain,
  type ConnectionTarget,
  ServiceChains,
  serverChains,
} from './connection-chains.js';
import { type ArrivingConnection, FilterChains } from './filter-chains.js';
import { listenersOf } from './gateway-listeners.js';

/** A connection as listeners see it. */
export interface Dialled extends ArrivingConnection {
  port: number;
  /** The service whose own address it is. */
  service: RegistryService | undefined;
  /** Whether it is HTTP that the client speaks; a port whose protocol is sniffed takes that for itself. */
  isHttp: boolean;
}

/** What of a connection is looked at: its protocol, by the first bytes; the name that its TLS asks for; or nothing. */
export type Inspection = 'protocol' | 'server-name' | 'nothing';

/**
 * The listeners of ports that are not HTTP. A sidecar has them on a service's own address, or on `0.0.0.0:port` for
 * services without one, there told apart by blocks of addresses and TLS' server names (Istio, listener.go
 * buildSidecarOutboundListener; recorded: `tcp-*`); a gateway on the ports of its servers.
 */
export class TcpListeners {
  readonly #byAddress = new Map<string, RegistryService>();
  readonly #wildcards = new Map<number, WildcardListener>();
  readonly #own = new Map<RegistryService, Map<number, FilterChains>>();
  readonly #ports = new Set<number>();

  /** @param gateway undefined for a sidecar */
  constructor(sources: ChainSources, gateway: MeshGateway | undefined) {
    if (gateway === undefined) this.#listenForServices(sources);
    else this.#listenAsGateway(sources, gateway);
  }

  /** Whether something has the port for something else than HTTP. */
  has(port: number): boolean {
    return this.#ports.has(port);
  }

  /** The service that has an address for its own. */
  serviceAt(address: string): RegistryService | undefined {
    return this.#byAddress.get(address);
  }

  /** @param service whose own address was dialled */
  inspection(service: RegistryService | undefined, port: number): Inspection {
    const own = service && this.#own.get(service)?.get(port);
    if (own === undefined) return this.#wildcards.get(port)?.inspection ?? 'nothing';
    const isSniffed = service?.ports.some(({ number, protocol }) => number === port && protocol === 'auto');
    if (isSniffed === true) return 'protocol';
    return own.looksAtServerName ? 'server-name' : 'nothing';
  }

  /** What listens on the address of the service that was dialled; undefined: nothing that is not HTTP. */
  atOwnAddress({ port, service, isHttp, ...arriving }: Dialled): ConnectionTarget | undefined {
    const own = service?.ports.find(({ number }) => number === port);
    if (service === undefined || own === undefined || own.destinationOnly === true) return undefined;
    const isTaken = own.protocol === 'tcp' || (own.protocol === 'auto' && !isHttp);
    return isTaken ? this.#own.get(service)?.get(port)?.find(arriving) : undefined;
  }

  /** What listens on every address. */
  atAnyAddress({ port, ...dialled }: Dialled): ConnectionTarget | undefined {
    return this.#wildcards.get(port)?.find(dialled);
  }

  /** In the order in which the first service gets a port. */
  #listenForServices(sources: ChainSources): void {
    const chains = new ServiceChains(sources);
    for (const service of sources.services.values()) {
      for (const address of service.listenerAddresses)
        if (isIP(address) !== 0 && !this.#byAddress.has(address)) this.#byAddress.set(address, service);
      for (const port of service.ports) this.#listen(service, port, chains);
    }
  }

  #listen(service: RegistryService, port: RegistryPort, chains: ServiceChains): void {
    const { protocol, number } = port;
    if (protocol === 'udp' || service.externalName !== undefined || port.destinationOnly === true) return;
    if (protocol === 'tcp') this.#ports.add(number);
    const blocks = service.headless
      ? service.instances.map(({ address }) => address)
      : service.listenerAddresses.filter((address) => address.includes('/'));
    if (service.headless && protocol === 'tcp' && blocks.length === 0) return;
    const hasOwn = service.hasAddress && blocks.length < Math.max(1, service.listenerAddresses.length);
    const isHttp = protocol === 'http' || protocol === 'http2';
    if (isHttp) this.#wildcardAt(number).addHttp();
    else if (hasOwn)
      this.#addOwn(service, number, chains.of(service, port, { blocks: [], byServerName: false }));
    else {
      const isSniffed = protocol === 'auto';
      this.#wildcardAt(number).add(chains.of(service, port, { blocks, byServerName: true }), isSniffed);
    }
  }

  #addOwn(service: RegistryService, port: number, chains: readonly ConnectionChain[]): void {
    const ports = this.#own.get(service) ?? new Map<number, FilterChains>();
    const found = new FilterChains();
    for (const chain of chains) found.add(chain);
    ports.set(port, found);
    this.#own.set(service, ports);
  }

  #wildcardAt(port: number): WildcardListener {
    const wildcard = this.#wildcards.get(port) ?? new WildcardListener();
    this.#wildcards.set(port, wildcard);
    return wildcard;
  }

  #listenAsGateway(sources: ChainSources, gateway: MeshGateway): void {
    for (const { bindPort, connections } of listenersOf(gateway.servers))
      for (const port of gateway.portsTo(bindPort))
        for (const server of connections) {
          this.#ports.add(port);
          this.#wildcardAt(port).add(serverChains(server, sources), false);
        }
  }
}

/** `0.0.0.0:port`. Once HTTP has it, services that are not HTTP are left out; the other way round both are there. */
class WildcardListener {
  #hasHttp = false;
  /** For every connection, and for those that are not HTTP. */
  readonly #always = new FilterChains();
  readonly #forBytes = new FilterChains();

  addHttp(): void {
    this.#hasHttp = true;
  }

  add(chains: readonly ConnectionChain[], isSniffed: boolean): void {
    if (this.#hasHttp) return;
    if (isSniffed) this.#hasHttp = true;
    for (const chain of chains) {
      this.#forBytes.add(chain);
      if (!isSniffed) this.#always.add(chain);
    }
  }

  get inspection(): Inspection {
    if (this.#hasHttp) return 'protocol';
    return this.#always.looksAtServerName ? 'server-name' : 'nothing';
  }

  find({ isHttp, ...arriving }: ArrivingConnection & { isHttp: boolean }): ConnectionTarget | undefined {
    return (isHttp ? this.#always : this.#forBytes).find(arriving);
  }
}
