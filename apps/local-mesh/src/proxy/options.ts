import type {
  Connection,
  ConnectionDecision,
  Decision,
  HttpConnectionDecision,
  Inspection,
  RouteRequest,
} from '@grayscale/traffic-rules';
import type { AccessRecord } from './access-record.js';
import type { Address } from './address.js';
import type { Gateway } from './gateway.js';
import type { ProxyLimits } from './limits.js';
import type { PortRole } from './port-role.js';

/** What decides, with the rules in force at each call. */
export interface Routing {
  /** Decides one request; called once for each, so no request sees half of two rule sets. */
  route(request: RouteRequest, draw: number): Decision;
  /** Decides where a tunnel leads, whose bytes nobody looks into. */
  routeConnection(connection: Connection, draw: number): ConnectionDecision;
  /** Decides where a connection leads that speaks HTTP, before its first request is read. */
  routeHttpConnection(to: Pick<Connection, 'host' | 'port'>, draw: number): HttpConnectionDecision;
}

export interface ProxyOptions extends Routing {
  /** What is looked at of a connection before it is known where it leads. Default: its protocol. */
  inspection?: (to: Pick<Connection, 'host' | 'port'>) => Inspection;
  /** Whether this Host is known on a port. Default: it is not. */
  knowsHost?: (authority: string, port: number) => boolean;
  /** Whether a request in origin form to a proxy on this port was meant for the port itself, as a sidecar takes it. Default: it was not. */
  standsFor?: (port: number) => boolean;
  /** The ports of the gateway that the proxy stands for, as the rules in force have them; absent beside a workload. */
  gateway?: () => Gateway;
  /** Where a name outside the mesh leads, before DNS is asked. */
  resolve?: (host: string, port: number) => Address | undefined;
  /** The last word on where to connect, for tests that cannot bind the real ports. */
  dial?: (address: Address) => Address;
  /** What the machine trusts, as PEM, for TLS that rules originate. Default: as the operating system has it. */
  trustedCertificates?: () => readonly string[];
  /** Numbers in [0, 1): weights, faults, load balancing. Default: Math.random. */
  random?: () => number;
  limits?: Partial<ProxyLimits>;
  /** Called once for every request and tunnel, after its last byte. */
  onComplete?: (record: AccessRecord) => void;
}

/** An address that is listened on. */
export interface Bound {
  address: string;
  port: number;
  /** Listens no more; connections that are there stay. */
  close(): void;
}

export interface ProxyStats {
  connections: number;
  activeRequests: number;
  requests: number;
}

export interface MeshProxy {
  /**
   * Starts to listen; resolves with what was bound. May be called for several addresses.
   * @param role what clients mean by dialling it; default: the proxy itself
   */
  listen(at: { host: string; port: number }, role?: PortRole): Promise<Bound>;
  /** Refuses new work, finishes what is in flight, and ends what is left after so many seconds. */
  drain(seconds: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
  readonly stats: ProxyStats;
}
