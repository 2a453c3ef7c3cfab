import type { ExclusiveProtocol, PortProtocol, Spoken } from '../model/service.js';
import type { KubernetesServicePort } from '../resources/kubernetes.js';

const words: Readonly<Record<string, PortProtocol>> = {
  http: 'http',
  'grpc-web': 'http2',
  grpc: 'http2',
  http2: 'http2',
  https: 'tcp',
  tls: 'tcp',
  tcp: 'tcp',
  mongo: 'tcp',
  redis: 'tcp',
  mysql: 'tcp',
  hbone: 'tcp',
  http_proxy: 'tcp',
  udp: 'udp',
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'tcp',
};

/** Ports that are TCP unless said otherwise: SMTP, DNS, MySQL, MongoDB (Istio, pkg/config/kube/conversion.go). */
const wellKnownTcp = new Set([25, 53, 3306, 27017]);

/** A protocol as a ServiceEntry writes it, in any letter case; unknown or missing ones are detected. */
export function protocolOf(word: string | undefined): PortProtocol {
  return words[word?.toLowerCase() ?? ''] ?? 'auto';
}

/** Whether a protocol is one of TLS, as it is written. */
export function isEncrypted(word: string | undefined): boolean {
  return ['https', 'tls', 'kubernetes.io/wss'].includes(word?.toLowerCase() ?? '');
}

/** What a port has of a protocol that shares it with no other. */
function exclusively(word: string | undefined): { exclusive?: ExclusiveProtocol } {
  const name = word?.toLowerCase();
  return name === 'mongo' || name === 'mysql' ? { exclusive: name } : {};
}

/** All that a protocol says, as it is written. */
export function spokenBy(word: string | undefined): Spoken {
  return {
    protocol: protocolOf(word),
    ...exclusively(word),
    ...(isEncrypted(word) && { encrypted: true }),
  };
}

/** The word that says it: `appProtocol`, or the port's name up to the first dash. */
export function protocolWord({ appProtocol, name }: KubernetesServicePort): string | undefined {
  return appProtocol ?? name?.split('-')[0];
}

/** UDP first, then `appProtocol`, then the port's name up to the first dash. */
export function kubernetesProtocol(port: KubernetesServicePort): PortProtocol {
  if (port.protocol === 'UDP') return 'udp';
  if (port.appProtocol !== undefined) return protocolOf(port.appProtocol);
  const name = port.name?.toLowerCase() ?? '';
  if (name === 'grpc-web' || name.startsWith('grpc-web-')) return 'http2';
  const protocol = protocolOf(name.split('-')[0]);
  return protocol === 'auto' && wellKnownTcp.has(port.port) ? 'tcp' : protocol;
}
