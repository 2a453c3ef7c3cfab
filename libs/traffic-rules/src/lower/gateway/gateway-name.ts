import { meshGateway } from '../../model/gateway.js';

/**
 * The `namespace/name` that a rule means by a gateway: a short name is one of its own namespace, as is `./name`, and
 * `name.namespace` is the old spelling (Istio, virtualservice.go ResolveVirtualServiceShortnames, resolveGatewayName).
 */
export function qualifyGateway(written: string, namespace: string): string {
  if (written === meshGateway) return written;
  if (written.startsWith('./')) return `${namespace}/${written.slice(2)}`;
  if (written.includes('/')) return written;
  const [name = '', legacyNamespace = namespace] = written.split('.');
  return `${legacyNamespace}/${name}`;
}
