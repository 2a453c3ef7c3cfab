import {
  type GatewayPort,
  type GatewayPortServer,
  ServersByName,
  takesPlainText,
} from '@grayscale/traffic-rules';
import { TlsServer, type TlsServerOptions } from './downstream/tls-server.js';

/** What becomes of a client's TLS: it is passed on as it is, or it ends here. */
export type ServedTls = 'passed-on' | { carries: 'requests' | 'bytes'; server: TlsServer };

/** What ends the TLS of a server's clients: certificates, keys, and what is asked of the clients' own. */
export type ServerCredentials = TlsServerOptions;

/** The ports of a gateway, as one set of rules has them. */
export class Gateway {
  readonly #ports: ReadonlyMap<number, ServedPort>;

  /** @param credentialsOf undefined: the server has none, and takes nothing */
  constructor(
    ports: readonly GatewayPort[],
    credentialsOf: (server: GatewayPortServer) => ServerCredentials | undefined,
  ) {
    const served = ports.map((port) => new ServedPort(port, credentialsOf));
    this.#ports = new Map(served.filter(({ isServed }) => isServed).map((port) => [port.port, port]));
  }

  /** Those that take anything, in the order of the rules. */
  get ports(): Iterable<ServedPort> {
    return this.#ports.values();
  }

  at(port: number): ServedPort | undefined {
    return this.#ports.get(port);
  }

  /** What requests to the proxy itself are for: the first port that takes requests in plain text. */
  get plainPort(): number | undefined {
    return [...this.ports].find(({ plain }) => plain === 'requests')?.port;
  }
}

/** A port of a gateway, with all that it takes to serve its clients. */
export class ServedPort {
  readonly port: number;
  /** What it takes in plain text; undefined: nothing. */
  readonly plain: GatewayPort['plain'];
  readonly hosts: readonly string[];
  readonly #byName: ServersByName;
  readonly #tls = new Map<GatewayPortServer, ServedTls>();

  constructor(
    port: GatewayPort,
    credentialsOf: (server: GatewayPortServer) => ServerCredentials | undefined,
  ) {
    this.port = port.port;
    this.plain = port.plain;
    for (const server of port.servers) {
      const tls = servedTls(server, credentialsOf);
      if (tls !== undefined) this.#tls.set(server, tls);
    }
    const servers = port.servers.filter((server) => this.#tls.has(server) || takesPlainText(server));
    this.hosts = [...new Set(servers.flatMap(({ hosts }) => hosts))];
    this.#byName = new ServersByName([...this.#tls.keys()]);
  }

  /** Without any server it is not listened on (recorded: `gateway-tls-secret-missing`). */
  get isServed(): boolean {
    return this.plain !== undefined || this.takesTls;
  }

  get takesTls(): boolean {
    return this.#tls.size > 0;
  }

  /** @param serverName that TLS asks for; undefined: none. Returns undefined where no server is for it. */
  tlsFor(serverName: string | undefined): ServedTls | undefined {
    const server = this.#byName.find(serverName);
    return server && this.#tls.get(server);
  }
}

function servedTls(
  server: GatewayPortServer,
  credentialsOf: (server: GatewayPortServer) => ServerCredentials | undefined,
): ServedTls | undefined {
  if (server.serves === 'tls-passthrough') return 'passed-on';
  if (server.termination === undefined) return undefined;
  const credentials = credentialsOf(server);
  if (credentials === undefined) return undefined;
  const carries = server.serves === 'https' ? 'requests' : 'bytes';
  return { carries, server: new TlsServer(credentials, { offersHttp2: carries === 'requests' }) };
}
