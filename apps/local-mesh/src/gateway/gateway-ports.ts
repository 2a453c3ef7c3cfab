import { type GatewayPort, type GatewayPortServer, gatewayPorts, placedName } from '@grayscale/traffic-rules';
import type { Listener, ListenerList } from '../listeners/listener.js';
import { listenerLine } from '../listeners/listener.js';
import type { GatewayMapping } from '../listeners/port-mapping.js';
import { listenFailure, say } from '../messages.js';
import { Gateway, type ServedPort } from '../proxy/gateway.js';
import type { Bound } from '../proxy/options.js';
import type { MeshProxy } from '../proxy/proxy.js';
import type { RuleBook } from '../rules/rule-book.js';
import { StartError } from '../start-error.js';
import { type CertificateAndKey, credentialsOf } from './credentials.js';
import { localPortOf } from './local-port.js';
import { NoCredentials } from './no-credentials.js';
import { type SelfSigned, selfSigned } from './self-signed.js';

export interface GatewayPortsOptions {
  /** Where ports are listened on that the usual place is not for. */
  mappings: readonly GatewayMapping[];
  /** Where a mapping without an address listens, and every other port. */
  address: string;
  certificate: CertificateAndKey | undefined;
  /** A certificate is made for servers that have none. */
  selfSigned: boolean;
}

/** The ports of the gateway that the mesh stands for: each port of its servers is listened on, as the rules in force have them. */
export class GatewayPorts {
  #gateway = new Gateway([], () => undefined);
  readonly #open = new Map<number, { bound: Bound; listener: Listener }>();
  #made: (SelfSigned & { hosts: string }) | undefined;
  /** The warnings of the last time: what has not changed is not said again. */
  #warned: readonly string[] = [];
  #following: Promise<void> = Promise.resolve();

  constructor(
    private readonly rules: RuleBook,
    private readonly options: GatewayPortsOptions,
  ) {}

  /** As the rules in force have it. */
  get gateway(): Gateway {
    return this.#gateway;
  }

  /** Reads certificates, for the first time or again. */
  async build(): Promise<void> {
    const ports = gatewayPorts(this.rules.inForce.table);
    const sources = {
      secrets: this.rules.inForce.secrets,
      given: this.options.certificate,
      selfSigned: await this.#selfSigned(ports),
    };
    const warnings: string[] = [];
    this.#gateway = new Gateway(ports, (server) => {
      try {
        return server.termination && credentialsOf(server.termination, sources);
      } catch (error) {
        if (!(error instanceof NoCredentials)) throw error;
        warnings.push(warningOf(server, error));
        return undefined;
      }
    });
    say(...warnings.filter((warning) => !this.#warned.includes(warning)));
    this.#warned = warnings;
  }

  /** Listens on every port. @throws StartError when one cannot be had */
  async open(proxy: MeshProxy, listeners: ListenerList): Promise<void> {
    this.#check();
    for (const port of this.#gateway.ports) await this.#listen(proxy, port, listeners);
  }

  /** @throws StartError for a mapping of a port that the gateway does not have, and for two ports in one place */
  #check(): void {
    const places = new Map<string, number>();
    for (const { port } of this.#gateway.ports) {
      const local = this.#placeOf(port);
      const key = `${local.address} ${local.port}`;
      const other = places.get(key);
      if (local.port !== 0 && other !== undefined)
        throw new StartError(
          `ports ${other} and ${port} of the gateway would both be port ${local.port} of ${local.address}; choose another with --listen OTHER_PORT=${port}.`,
        );
      places.set(key, port);
    }
    const unknown = this.options.mappings.filter(
      ({ gatewayPort }) => this.#gateway.at(gatewayPort) === undefined,
    );
    for (const { gatewayPort } of unknown) {
      const known = [...this.#gateway.ports].map(({ port }) => port);
      throw new StartError(
        `--listen: the gateway does not listen on port ${gatewayPort}; ${known.length === 0 ? 'it has no port that can be listened on.' : `it has ${known.join(', ')}.`}`,
      );
    }
  }

  /** Follows the rules: new ports are listened on, and those that are gone are closed. */
  follow(proxy: MeshProxy, listeners: ListenerList): void {
    this.rules.onChange(({ isReload, refused }) => {
      if (!isReload || refused !== undefined) return;
      this.#following = this.#following.then(() => this.#change(proxy, listeners));
    });
  }

  async #change(proxy: MeshProxy, listeners: ListenerList): Promise<void> {
    await this.build();
    for (const [port, { bound, listener }] of this.#open) {
      if (this.#gateway.at(port) !== undefined) continue;
      bound.close();
      this.#open.delete(port);
      listeners.remove(listener);
      say(`port ${port} of the gateway is gone: ${listener.address}:${listener.port} is closed`);
    }
    for (const port of this.#gateway.ports) {
      if (this.#open.has(port.port)) continue;
      try {
        await this.#listen(proxy, port, listeners);
      } catch (error) {
        say(`warning: port ${port.port} of the gateway is not listened on: ${(error as Error).message}`);
      }
    }
  }

  async #listen(proxy: MeshProxy, served: ServedPort, listeners: ListenerList): Promise<void> {
    const { address, port } = this.#placeOf(served.port);
    try {
      const bound = await proxy.listen({ host: address, port }, { kind: 'gateway', port: served.port });
      const listener = {
        address: bound.address,
        port: bound.port,
        standsFor: `port ${served.port} of the gateway`,
        takes: takenBy(served),
      };
      this.#open.set(served.port, { bound, listener });
      listeners.add(listener);
      say(listenerLine(listener));
    } catch (error) {
      const option = `--listen OTHER_PORT=${served.port}`;
      throw new StartError(listenFailure(error, { address, port, option }));
    }
  }

  #placeOf(served: number): { address: string; port: number } {
    const mapping = this.options.mappings.find(({ gatewayPort }) => gatewayPort === served);
    return {
      address: mapping?.address ?? this.options.address,
      port: mapping?.port ?? localPortOf(served),
    };
  }

  async #selfSigned(ports: readonly GatewayPort[]): Promise<SelfSigned | undefined> {
    if (!this.options.selfSigned) return undefined;
    const servers = ports
      .flatMap((port) => port.servers)
      .filter(({ termination }) => termination !== undefined);
    const hosts = [...new Set(servers.flatMap((server) => server.hosts))].sort();
    if (this.#made?.hosts !== hosts.join())
      this.#made = { ...(await selfSigned(hosts)), hosts: hosts.join() };
    return this.#made;
  }
}

function takenBy({ plain, takesTls, hosts }: ServedPort): string {
  if (plain === 'bytes') return takesTls ? `any bytes, and TLS for ${hosts.join(', ')}` : 'any bytes';
  const words = [...(plain === 'requests' ? ['HTTP'] : []), ...(takesTls ? ['TLS'] : [])];
  return `${words.join(' and ')} for ${hosts.join(', ')}`;
}

const advice: Readonly<Record<NoCredentials['lacks'], string>> = {
  certificate: ' Give a certificate with --tls-cert and --tls-key, or have one made with --tls-self-signed.',
  authorities: ' Put it among the files, with the certificate of who signs those of clients as ca.crt.',
  mesh: '',
};

function warningOf({ resource, path, hosts }: GatewayPortServer, { message, lacks }: NoCredentials): string {
  const place = placedName(resource);
  return `warning: ${place} ${path}: no TLS is taken for ${hosts.join(', ')}: ${message}.${advice[lacks]}`;
}
