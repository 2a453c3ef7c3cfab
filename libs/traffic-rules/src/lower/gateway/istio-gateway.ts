import { asciiLowerCase } from '../../ascii.js';
import type { GatewayServer, ServerHost, ServerProtocol } from '../../model/gateway.js';
import { isHttp, isSubset } from '../../model/service.js';
import type { Gateway, Server } from '../../resources/gateway.js';
import type { Workload } from '../../workload.js';
import { isEncrypted, protocolOf } from '../port-protocol.js';
import { referenceTo } from '../reference.js';
import type { GatewayService } from './gateway-service.js';
import { terminationOf } from './tls-termination.js';

/** The servers that Gateways have for a gateway workload (Istio, push_context.go mergeGateways). */
export function serversOf(
  gateways: readonly Gateway[],
  workload: Workload,
  service: GatewayService,
): GatewayServer[] {
  return gateways
    .filter(({ spec }) => isSubset(spec.selector, workload.labels))
    .flatMap((document) =>
      document.spec.servers.flatMap(
        (server, index) => serverOf(server, index, document, { service, workload }) ?? [],
      ),
    );
}

function serverOf(
  { port, hosts, tls, bind = '' }: Server,
  index: number,
  document: Gateway,
  { service, workload }: { service: GatewayService; workload: Workload },
): GatewayServer | undefined {
  if (port === undefined) return undefined;
  const { namespace, name } = document.metadata;
  const termination = isEncrypted(port.protocol) ? terminationOf(tls, workload.namespace) : undefined;
  return {
    gateway: `${namespace}/${name}`,
    document,
    resource: referenceTo(document),
    path: `spec.servers[${index}]`,
    port: port.number,
    bindPort: service.targetPortOf(port.number),
    bind,
    serves: protocolServed(port.protocol, tls),
    ...(tls?.mode === 'AUTO_PASSTHROUGH' && { automatic: true as const }),
    hosts: hostsOf(hosts, namespace),
    redirectsToHttps: tls?.httpsRedirect === true,
    ...(termination !== undefined && { termination }),
  };
}

/** HTTPS that is passed through is no HTTP to the gateway (Istio, gateway.go IsHTTPServer). */
function protocolServed(protocol: string, tls: Server['tls']): ServerProtocol {
  if (tls?.mode.endsWith('PASSTHROUGH') && isEncrypted(protocol)) return 'tls-passthrough';
  if (protocol.toLowerCase() === 'https') return 'https';
  if (isEncrypted(protocol)) return 'tls';
  const known = protocolOf(protocol);
  return isHttp(known) ? 'http' : 'tcp';
}

/** A host of every namespace and every name stands alone, whatever is written beside it (Istio, gateway.go sanitizeServerHostNamespace). */
export function hostsOf(written: readonly string[], own: string): ServerHost[] {
  return written.includes('*/*') ? [{ host: '*' }] : written.map((host) => serverHost(host, own));
}

/** `host`, `namespace/host`, `./host` or `*` + `/host`. */
function serverHost(written: string, own: string): ServerHost {
  const slash = written.indexOf('/');
  const spelling = written.slice(slash + 1);
  const host = asciiLowerCase(spelling);
  const namespace = slash < 0 ? '*' : written.slice(0, slash);
  return {
    host,
    ...(spelling !== host && { spelling }),
    ...(namespace !== '*' && { namespace: namespace === '.' ? own : namespace }),
  };
}
