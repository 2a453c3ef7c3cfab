import { BlockList, isIP } from 'node:net';
import type { Cluster } from '../cluster.js';
import { HostMap } from '../host-map.js';
import type { RegistryPort, RegistryService } from '../model/service.js';
import { clusterName } from './clusters.js';

/** Where a connection goes that no HTTP rule looks into. */
export interface TcpTarget {
  service: RegistryService;
  /** Undefined where istiod makes no cluster for it: the connection is closed. */
  cluster: Cluster | undefined;
}

/** A connection as the sidecar's listeners see it. */
export interface Dialled {
  port: number;
  /** Undefined: one that no service has. */
  address: string | undefined;
  /** The service whose own address it is. */
  service: RegistryService | undefined;
  /** The server name that TLS asks for; undefined: none, or no TLS. */
  sni: string | undefined;
  /** Whether it is HTTP that the client speaks; a port whose protocol is sniffed takes that for itself. */
  isHttp: boolean;
}

interface Place {
  blocks: readonly string[];
  byServerName: boolean;
  isSniffed: boolean;
}

/**
 * The listeners of ports that are not HTTP: on a service's own address, or on `0.0.0.0:port` for services without one, there told
 * apart by blocks of addresses and TLS' server names (Istio, listener.go buildSidecarOutboundListener; recorded: `tcp-*`).
 */
export class TcpListeners {
  readonly #byAddress = new Map<string, RegistryService>();
  readonly #wildcards = new Map<number, WildcardListener>();
  readonly #ports = new Set<number>();
  readonly #clusters: ReadonlyMap<string, Cluster>;

  /** @param services in the order in which the first one gets a port */
  constructor(services: Iterable<RegistryService>, clusters: ReadonlyMap<string, Cluster>) {
    this.#clusters = clusters;
    for (const service of services) {
      for (const address of service.listenerAddresses)
        if (isIP(address) !== 0 && !this.#byAddress.has(address)) this.#byAddress.set(address, service);
      for (const port of service.ports) this.#listen(service, port);
    }
  }

  /** Whether some service has the port for something else than HTTP. */
  has(port: number): boolean {
    return this.#ports.has(port);
  }

  /** The service that has an address for its own. */
  serviceAt(address: string): RegistryService | undefined {
    return this.#byAddress.get(address);
  }

  /** What listens on the address of the service that was dialled; undefined: nothing that is not HTTP. */
  atOwnAddress({ port, service, isHttp }: Dialled): TcpTarget | undefined {
    const own = service?.ports.find(({ number }) => number === port);
    if (service === undefined || own === undefined || own.destinationOnly === true) return undefined;
    return own.protocol === 'tcp' || (own.protocol === 'auto' && !isHttp)
      ? this.#target(service, own)
      : undefined;
  }

  /** What listens on every address. */
  atAnyAddress({ port, ...dialled }: Dialled): TcpTarget | undefined {
    return this.#wildcards.get(port)?.find(dialled);
  }

  #listen(service: RegistryService, port: RegistryPort): void {
    const { protocol, number } = port;
    if (protocol === 'udp' || service.externalName !== undefined || port.destinationOnly === true) return;
    if (protocol === 'tcp') this.#ports.add(number);
    const blocks = service.headless
      ? service.instances.map(({ address }) => hostBlock(address))
      : service.listenerAddresses.filter((address) => address.includes('/'));
    if (service.headless && protocol === 'tcp' && blocks.length === 0) return;
    const hasOwn = service.hasAddress && blocks.length < Math.max(1, service.listenerAddresses.length);
    const isHttp = protocol === 'http' || protocol === 'http2';
    if (hasOwn && !isHttp) return;
    const wildcard = this.#wildcards.get(number) ?? new WildcardListener();
    this.#wildcards.set(number, wildcard);
    if (isHttp) wildcard.addHttp();
    else {
      const place = { blocks, byServerName: port.encrypted === true, isSniffed: protocol === 'auto' };
      wildcard.add(this.#target(service, port), place);
    }
  }

  #target(service: RegistryService, { number }: RegistryPort): TcpTarget {
    return { service, cluster: this.#clusters.get(clusterName(number, '', service.host)) };
  }
}

interface Chain extends Pick<Place, 'isSniffed'> {
  /** Undefined: every address. */
  blocks: BlockList | undefined;
  /** The server name to be asked for; undefined: any, or none. */
  server: string | undefined;
  target: TcpTarget;
}

/** `0.0.0.0:port`. Once HTTP has it, services that are not HTTP are left out; the other way round both are there. */
class WildcardListener {
  #hasHttp = false;
  readonly #chains: Chain[] = [];
  readonly #servers = new HostMap<TcpTarget>();

  addHttp(): void {
    this.#hasHttp = true;
  }

  add(target: TcpTarget, { blocks, byServerName, isSniffed }: Place): void {
    if (this.#hasHttp) return;
    if (isSniffed) this.#hasHttp = true;
    if (byServerName && blocks.length === 0) this.#servers.add(target.service.host, target);
    else
      this.#chains.push({
        blocks: blocks.length === 0 ? undefined : blockListOf(blocks),
        server: byServerName ? target.service.host : undefined,
        isSniffed,
        target,
      });
  }

  /** Blocks of addresses come before server names, and these before what takes the rest (Envoy's matching of filter chains). */
  find({ address, sni, isHttp }: Omit<Dialled, 'port'>): TcpTarget | undefined {
    const fitting = this.#chains.filter(
      ({ server, isSniffed }) => (server === undefined || server === sni) && !(isSniffed && isHttp),
    );
    const inBlock = fitting.find(({ blocks }) => blocks !== undefined && contains(blocks, address));
    const named = sni === undefined ? undefined : this.#servers.find(sni);
    return inBlock?.target ?? named ?? fitting.find(({ blocks }) => blocks === undefined)?.target;
  }
}

function blockListOf(written: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of written) {
    const [network = '', length] = block.split('/');
    list.addSubnet(network, Number(length), familyOf(network));
  }
  return list;
}

/** An address as a block of its own; a headless service listens on those of its pods (istio, listener.go). */
function hostBlock(address: string): string {
  return `${address}/${isIP(address) === 6 ? 128 : 32}`;
}

function contains(blocks: BlockList, address: string | undefined): boolean {
  return address !== undefined && blocks.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
