import { BlockList, isIP } from 'node:net';
import { HostMap } from '../host-map.js';
import type { ConnectionChain, ConnectionTarget } from './connection-chains.js';

/** A connection, as far as chains look at it. */
export interface ArrivingConnection {
  /** Undefined: one that no service has. */
  address: string | undefined;
  /** The name that TLS asks for, in lower case; undefined: none, or no TLS. */
  sni: string | undefined;
}

/**
 * Finds the chain of a connection as Envoy does: the narrowest block of addresses that holds the one dialled decides
 * first, among its chains the most exact server name, then what asks for none; where they have none that fits, the chain that
 * asks for nothing at all, which istiod makes the listener's default. Of equal chains the first counts.
 */
export class FilterChains {
  readonly #groups: Group[] = [];
  #otherwise: ConnectionTarget | undefined;

  add({ match, target }: ConnectionChain): void {
    const { subnets, serverNames, ...others } = match;
    // The type checker asks for the place of any other field.
    others satisfies Record<string, never>;
    if (subnets.length === 0 && serverNames.length === 0) this.#otherwise ??= target;
    if (subnets.length === 0) this.#group(undefined).add(serverNames, target);
    else for (const subnet of subnets) this.#group(subnet).add(serverNames, target);
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** Whether some chain is for certain server names. */
  get looksAtServerName(): boolean {
    return this.#groups.some(({ isNamed }) => isNamed);
  }

  find({ address, sni }: ArrivingConnection): ConnectionTarget | undefined {
    return this.#narrowest(address)?.find(sni) ?? this.#otherwise;
  }

  /** As {@link find}, where the chain is one for certain blocks of addresses. */
  findByBlock({ address, sni }: ArrivingConnection): ConnectionTarget | undefined {
    const narrowest = this.#narrowest(address);
    return narrowest?.subnet === undefined ? undefined : narrowest.find(sni);
  }

  #narrowest(address: string | undefined): Group | undefined {
    let narrowest: Group | undefined;
    for (const group of this.#groups)
      if (group.holds(address) && (narrowest === undefined || group.length > narrowest.length))
        narrowest = group;
    return narrowest;
  }

  #group(subnet: string | undefined): Group {
    let group = this.#groups.find((one) => one.subnet === subnet);
    if (group === undefined) {
      group = new Group(subnet);
      this.#groups.push(group);
    }
    return group;
  }
}

/** Chains of one block of addresses; undefined: of all. */
class Group {
  /** Leading bits that count; -1: none is asked for. */
  readonly length: number;
  readonly #block = new BlockList();
  readonly #named = new HostMap<ConnectionTarget>();
  #unnamed: ConnectionTarget | undefined;
  /** Whether some chain is for certain server names. */
  isNamed = false;

  constructor(readonly subnet: string | undefined) {
    const [network = '', bits] = subnet?.split('/') ?? [];
    if (subnet === undefined || isIP(network) === 0) {
      this.length = subnet === undefined ? -1 : Number.NaN;
      return;
    }
    const longest = isIP(network) === 6 ? 128 : 32;
    this.length = bits === undefined ? longest : Number(bits);
    this.#block.addSubnet(network, this.length, familyOf(network));
  }

  add(serverNames: readonly string[], target: ConnectionTarget): void {
    if (serverNames.length === 0) this.#unnamed ??= target;
    else this.isNamed = true;
    for (const name of serverNames) this.#named.add(name, target);
  }

  holds(address: string | undefined): boolean {
    if (this.subnet === undefined) return true;
    return address !== undefined && isIP(address) !== 0 && this.#block.check(address, familyOf(address));
  }

  find(sni: string | undefined): ConnectionTarget | undefined {
    const named = sni === undefined ? this.#named.findCovering('*') : this.#named.find(sni);
    return named ?? this.#unnamed;
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
