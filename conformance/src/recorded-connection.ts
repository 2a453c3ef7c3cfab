import {
  type Cluster,
  dialledEndpoint,
  type RouteTable,
  routeConnection,
  type TlsOrigination,
} from '@grayscale/traffic-rules';
import { type Answer, backends, type Case, type CaseRequest, outside, resolved } from './cases.ts';

/** What the backends' ports speak; nothing listens on any other. */
const httpPorts = new Set([80, 8080, 9090, 9091, 43990, 43991]);
const http2Ports = new Set([7070]);
const tlsPorts = new Set([443, 8443]);
const rawPorts = new Set([9000, 9002]);

/** Whether an exchange is one of bytes, or of TLS that nobody on the way ends: the engine decides it as a connection. */
export function isConnection({ proxy }: Case, { raw, tls }: CaseRequest): boolean {
  return raw !== undefined || (tls !== undefined && proxy === undefined);
}

/** Who answers a connection, by what the engine decides: a backend as `ext:9000`; `nobody` where it is closed. */
export function connected(table: RouteTable, request: CaseRequest): string[] {
  const { host, port, address = outside, tls } = request;
  const decision = routeConnection(table, { host, port, address, sni: tls?.sni ?? null }, 0);
  switch (decision.kind) {
    case 'connect':
      return answering(dialled(decision.cluster, request), request);
    case 'pass-through':
      return answering([backendAt(address, port)], request);
    case 'blocked':
      return ['nobody'];
  }
}

/** The same of a recorded answer; undefined where an HTTP listener answered, or HTTP/2 was spoken. */
export function whoAnswered({ backend, data, error }: Answer): string | undefined {
  if (error !== undefined || data === '') return 'nobody';
  return backend ?? /^[a-z0-9-]+:[0-9]+(?= )/.exec(data ?? '')?.[0];
}

/** The backends, as `ext:9000`, that a cluster leads a client to. @param authority the Host that is sent, where HTTP is spoken */
export function dialled(
  cluster: Cluster,
  { host, port, address = outside, tls }: CaseRequest,
  authority?: string,
): string[] {
  const meant = dialledEndpoint(cluster, host.toLowerCase(), { address, port });
  if (meant !== undefined) return [backendAt(meant.address, meant.port)];
  if (cluster.discovery === 'dynamic-dns') {
    if (authority === undefined) return [backendAt(tls?.sni ?? address, port)];
    const ownPort = /:([0-9]+)$/.exec(authority)?.[1] ?? (cluster.tls === undefined ? 80 : 443);
    return [backendAt(nameOf(authority), Number(ownPort))];
  }
  if (cluster.discovery === 'original-destination' && cluster.endpoints.length === 0)
    return [backendAt(address, cluster.targetPort ?? port)];
  return cluster.endpoints
    .filter(({ healthy }) => healthy)
    .map((endpoint) => backendAt(endpoint.address, endpoint.port));
}

/** Who listens at an address, or where a name leads; where the recordings have nobody, it is as if `dead` was asked. */
export function backendAt(host: string, port: number): string {
  return `${backends[resolved(host)] ?? 'dead'}:${port}`;
}

function answering(candidates: readonly string[], { tls }: CaseRequest): string[] {
  if (candidates.length === 0) return ['nobody'];
  return candidates.map((name) => (listens(name) && understands(name, tls !== undefined) ? name : 'nobody'));
}

/** Whether a backend says anything to a client that speaks TLS, or to one that does not. */
function understands(backend: string, inTls: boolean): boolean {
  return speaksTls(backend) === inTls;
}

/** Whether anybody listens there. */
export function listens(backend: string): boolean {
  return [httpPorts, http2Ports, tlsPorts, rawPorts].some((ports) => isOn(backend, ports));
}

/** Whether a backend answers plain HTTP/1.1. */
export function speaksHttp(backend: string): boolean {
  return isOn(backend, httpPorts);
}

/** Whether a backend answers HTTP/2 without TLS. */
export function speaksHttp2(backend: string): boolean {
  return isOn(backend, http2Ports);
}

/** Whether a backend wants TLS. */
export function speaksTls(backend: string): boolean {
  return isOn(backend, tlsPorts);
}

function isOn(backend: string, ports: ReadonlySet<number>): boolean {
  const [name, port] = backend.split(':');
  return name !== 'dead' && ports.has(Number(port));
}

/** Names of the backends' certificate, and the file of the CA that signed it, which is the one that the system trusts. */
const certificate = { names: ['secure.ext', '*.tls.ext', 'backend'], ca: '/etc/lab/certs/ca.pem' };

/** Whether a backend and the proxy agree on TLS. */
export function shakesHands(backend: string, { verification }: TlsOrigination, authority: string): boolean {
  if (!speaksTls(backend)) return false;
  if (verification === undefined) return true;
  const { trust, forRequestHost, subjectAltNames } = verification;
  const isTrusted = trust.kind === 'system' || (trust.kind === 'file' && trust.path === certificate.ca);
  // In another form of the recording the hosts have other names, and so would the certificate.
  const host = nameOf(authority).replace('renamed-', '');
  const isForHost = !forRequestHost || certificate.names.some((name) => covers(name, host));
  const isNamed =
    subjectAltNames.length === 0 || subjectAltNames.some((name) => certificate.names.includes(name));
  return isTrusted && isForHost && isNamed;
}

/** The server name that a backend is asked for. */
export function askedName({ serverName }: TlsOrigination, authority: string): string | null {
  if (serverName === undefined) return null;
  return serverName.kind === 'fixed' ? serverName.name : nameOf(authority);
}

function nameOf(authority: string): string {
  return authority.replace(/:[0-9]+$/, '');
}

function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*.')
    ? name.split('.').slice(1).join('.') === pattern.slice(2)
    : pattern === name;
}
