import type { Connection, ConnectionDecision, Decision, RouteRequest } from '@grayscale/traffic-rules';
import type { AccessRecord } from './access-record.js';
import type { Address } from './address.js';
import type { ProxyLimits } from './limits.js';

export interface ProxyOptions {
  /** Decides one request with the rules in force; called once for each, so no request sees half of two rule sets. */
  route(request: RouteRequest, draw: number): Decision;
  /** Whether the rules in force have an HTTP listener for a port; without it every port counts as having one. */
  hasListener?: (port: number) => boolean;
  /** Whether a request in origin form to a proxy on this port was meant for the port itself, as a sidecar takes it. Default: `hasListener`. */
  standsFor?: (port: number) => boolean;
  /** The port of a gateway that requests in origin form are for, whatever port the proxy has; undefined for none. */
  gatewayPort?: () => number | undefined;
  /** Decides where a tunnel leads, whose bytes nobody looks into. */
  routeConnection(connection: Connection, draw: number): ConnectionDecision;
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

export interface ProxyStats {
  connections: number;
  activeRequests: number;
  requests: number;
}

export interface MeshProxy {
  /** Starts to listen; resolves with what was bound. May be called for several addresses. */
  listen(at: { host: string; port: number }): Promise<{ address: string; port: number }>;
  /** Refuses new work, finishes what is in flight, and ends what is left after so many seconds. */
  drain(seconds: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
  readonly stats: ProxyStats;
}
