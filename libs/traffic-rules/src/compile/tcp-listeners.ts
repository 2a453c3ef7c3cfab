import { isIP } from 'node:net';
import {
  asListened,
  type ExclusiveProtocol,
  isHttp,
  isListenedFor,
  type RegistryPort,
  type RegistryService,
} from '../model/service.js';
import type { ChainSources, ConnectionChain, ConnectionTarget } from './connection-chains.js';
import { type ArrivingConnection, FilterChains } from './filter-chains.js';
import type { ReachedListener } from './gateway-chains.js';
import { ServiceChains } from './service-chains.js';

/** A connection as listeners see it. */
export interface Dialled extends ArrivingConnection {
  port: number;
  /** The address dialled as {@link ownAddressesOf} has it; undefined: the name led to none that is known. */
  own: string | undefined;
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
  readonly #wildcards = new Map<number, WildcardListener>();
  readonly #own = new Map<string, OwnListener>();
  readonly #ports = new Set<number>();

  /** @param listened in the order in which the first service gets a port */
  static ofSidecar(listened: readonly RegistryService[], sources: ChainSources): TcpListeners {
    const listeners = new TcpListeners();
    const chains = new ServiceChains(sources);
    for (const service of listened)
      for (const port of service.ports) listeners.#listen(service, port, chains);
    return listeners;
  }

  static ofGateway(reached: readonly ReachedListener[]): TcpListeners {
    const listeners = new TcpListeners();
    for (const { ports, connections, chains } of reached) {
      if (connections.length === 0) continue;
      for (const port of ports) {
        listeners.#ports.add(port);
        listeners.#wildcardAt(port).add(chains, false, undefined);
      }
    }
    return listeners;
  }

  /** Whether something has the port for something else than HTTP. */
  has(port: number): boolean {
    return this.#ports.has(port);
  }

  /** The service that takes what is HTTP at an address, where that is told apart there; undefined: none does. */
  sniffingServiceAt(address: string, port: number): string | undefined {
    return this.#own.get(keyOf(address, port))?.sniffingService;
  }

  /** @param own the address dialled, as {@link ownAddressesOf} has it */
  inspection(own: string | undefined, port: number): Inspection {
    const listener = own === undefined ? undefined : this.#own.get(keyOf(own, port));
    return (listener ?? this.#wildcards.get(port))?.inspection ?? 'nothing';
  }

  /**
   * What listens on the very address that was dialled; undefined: nothing that is not HTTP. No other listener is asked where something
   * does: a connection that none of its chains takes passes through (Istio, listener.go: the default chain of outbound listeners).
   */
  atOwnAddress({ port, own, isHttp }: Dialled): Pick<FilterChains, 'find'> | undefined {
    const listener = own === undefined ? undefined : this.#own.get(keyOf(own, port));
    return listener?.takes(isHttp) === true ? listener : undefined;
  }

  /** What listens on every address, and comes before HTTP: for the block of addresses that was dialled into, or with the port to itself. */
  atBlock({ port, ...dialled }: Dialled): ConnectionTarget | undefined {
    return this.#wildcards.get(port)?.findByBlock(dialled);
  }

  /** What listens on every address. */
  atAnyAddress({ port, ...dialled }: Dialled): ConnectionTarget | undefined {
    return this.#wildcards.get(port)?.find(dialled);
  }

  #listen(service: RegistryService, declared: RegistryPort, chains: ServiceChains): void {
    const port = asListened(declared);
    const { protocol, number } = port;
    if (protocol === 'udp' || service.externalName !== undefined || !isListenedFor(port)) return;
    if (protocol === 'tcp') this.#ports.add(number);
    const blocks = blocksOf(service);
    if (isHttp(protocol)) {
      this.#wildcardAt(number).addHttp();
      return;
    }
    const own = listenersOf(service, declared);
    for (const address of own)
      this.#ownAt(address, port).add(
        chains.of(service, port, { blocks: [], byServerName: false }),
        protocol === 'auto' ? service.host : undefined,
        port.exclusive,
      );
    if (hasListenerOfEachPod(service, declared) || (own.length > 0 && blocks.length === 0)) return;
    const forAll = chains.of(service, port, { blocks, byServerName: true });
    if (forAll.some(isForBlocks)) this.#ports.add(number);
    this.#wildcardAt(number).add(forAll, protocol === 'auto', port.exclusive);
  }

  #ownAt(address: string, { number }: RegistryPort): OwnListener {
    const key = keyOf(address, number);
    const listener = this.#own.get(key) ?? new OwnListener();
    this.#own.set(key, listener);
    return listener;
  }

  #wildcardAt(port: number): WildcardListener {
    const wildcard = this.#wildcards.get(port) ?? new WildcardListener();
    this.#wildcards.set(port, wildcard);
    return wildcard;
  }
}

/** The IP addresses of its own that a service is dialled at; its host stands for one that the files do not say. */
export function ownAddressesOf({ host, hasAddress, listenerAddresses }: RegistryService): string[] {
  if (!hasAddress) return [];
  if (listenerAddresses.length === 0) return [host];
  return listenerAddresses.filter((address) => isIP(address) !== 0);
}

function isForBlocks({ match }: ConnectionChain): boolean {
  return match.subnets.length > 0;
}

/** The IP addresses that a port of a service which is not plain HTTP is listened for at; none: every address. */
export function listenersOf(service: RegistryService, port: RegistryPort): string[] {
  return hasListenerOfEachPod(service, port)
    ? service.instances.map(({ address }) => address)
    : ownAddressesOf(service);
}

/** As a headless service does, unless a Sidecar has a listener for the port (recorded: `tcp-subnets-on-headless`, `scope-sidecar-port-headless`). */
function hasListenerOfEachPod({ headless }: RegistryService, { listenedAs }: RegistryPort): boolean {
  return headless && listenedAs === undefined;
}

/** The blocks of addresses that a service is dialled at. */
export function blocksOf({ listenerAddresses }: RegistryService): string[] {
  return listenerAddresses.filter((address) => address.includes('/'));
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}

/** Who has a listener: the first one, and whoever goes with it (Istio, listener.go isConflictWithWellKnownPort; recorded: `tcp-mongo-and-http`). */
class Sharing {
  #first: ExclusiveProtocol | 'any' | undefined;

  admits(protocol: ExclusiveProtocol | undefined): boolean {
    const wanted = protocol ?? 'any';
    this.#first ??= wanted;
    return this.#first === wanted;
  }

  get isExclusive(): boolean {
    return this.#first !== undefined && this.#first !== 'any';
  }
}

/** `address:port`, which the services of that address share: of equal chains the first one's stays (Istio, listener.go mergeTCPFilterChains). */
class OwnListener {
  readonly #sharing = new Sharing();
  readonly #chains = new FilterChains();
  /** The first service that takes HTTP here, whose ports' protocol is detected. */
  sniffingService: string | undefined;

  add(
    chains: readonly ConnectionChain[],
    sniffingService: string | undefined,
    exclusive: ExclusiveProtocol | undefined,
  ): void {
    if (!this.#sharing.admits(exclusive)) return;
    this.sniffingService ??= sniffingService;
    for (const chain of chains) this.#chains.add(chain);
  }

  get inspection(): Inspection {
    if (this.sniffingService !== undefined) return 'protocol';
    return this.#chains.looksAtServerName ? 'server-name' : 'nothing';
  }

  /** HTTP is not led by addresses where it is told apart. */
  takes(isHttp: boolean): boolean {
    return !isHttp || this.sniffingService === undefined;
  }

  find(arriving: ArrivingConnection): ConnectionTarget | undefined {
    return this.#chains.find(arriving);
  }
}

/** `0.0.0.0:port`. Once HTTP has it, services that are not HTTP are left out unless they are for blocks of addresses; the other way round both are there. */
class WildcardListener {
  readonly #sharing = new Sharing();
  #hasHttp = false;
  /** For every connection, and for those that are not HTTP. */
  readonly #always = new FilterChains();
  readonly #forBytes = new FilterChains();

  addHttp(): void {
    if (this.#sharing.admits(undefined)) this.#hasHttp = true;
  }

  add(
    chains: readonly ConnectionChain[],
    isSniffed: boolean,
    exclusive: ExclusiveProtocol | undefined,
  ): void {
    if (!this.#sharing.admits(exclusive)) return;
    const isTaken = this.#hasHttp;
    if (isSniffed) this.#hasHttp = true;
    for (const chain of chains) {
      if (isTaken && !isForBlocks(chain)) continue;
      this.#forBytes.add(chain);
      // Where it was dialled comes before what the client speaks (recorded: `tcp-sniffed-block`).
      if (!isSniffed || isForBlocks(chain)) this.#always.add(chain);
    }
  }

  get inspection(): Inspection {
    if (this.#hasHttp) return 'protocol';
    return this.#always.looksAtServerName ? 'server-name' : 'nothing';
  }

  find({ isHttp, ...arriving }: ArrivingConnection & { isHttp: boolean }): ConnectionTarget | undefined {
    return (isHttp ? this.#always : this.#forBytes).find(arriving);
  }

  findByBlock(arriving: ArrivingConnection): ConnectionTarget | undefined {
    return this.#sharing.isExclusive ? this.#always.find(arriving) : this.#always.findByBlock(arriving);
  }
}
