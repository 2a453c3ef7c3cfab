import { asciiLowerCase } from '../ascii.js';
import { ofKind } from '../lower/of-kind.js';
import type { RegistryService } from '../model/service.js';
import type { MeshView } from './mesh-view.js';

const usualTlsPort = 443;

/**
 * Entries that call the usual port of TLS HTTP: what clients that speak TLS there send is no HTTP to the sidecar, so it passes rules by, and
 * REGISTRY_ONLY closes the connection (recorded: `http-raw-on-port-80`, `http-raw-on-port-80-registry-only`). Where a DestinationRule makes TLS
 * of plain HTTP, it is meant so.
 */
export function* warnOfPlainTlsPorts(view: MeshView): Generator<undefined, void> {
  for (const entry of ofKind(view.table.resources, 'ServiceEntry')) {
    yield;
    const { hosts, ports, location } = entry.spec;
    const index = ports.findIndex(({ number }) => number === usualTlsPort);
    const host = hosts.find((one) => {
      const service = view.table.mesh.services.get(asciiLowerCase(one));
      return service?.document === entry && isReadAsHttp(view, service);
    });
    if (index < 0 || host === undefined || location === 'MESH_INTERNAL') continue;
    view
      .report(entry)
      .warning(
        'tls-port-read-as-http',
        `spec.ports[${index}].protocol`,
        `clients that call https://${host} send TLS, which the sidecar cannot read as HTTP: no rule applies, and REGISTRY_ONLY closes the connection. Write protocol: HTTPS; or, if clients send plain HTTP that the sidecar should send over TLS, write a DestinationRule with trafficPolicy: { tls: { mode: SIMPLE } }.`,
      );
  }
}

function isReadAsHttp({ table }: MeshView, service: RegistryService): boolean {
  const port = service.ports.find(({ number }) => number === usualTlsPort);
  if (port?.protocol !== 'http' && port?.protocol !== 'http2') return false;
  if (port.encrypted === true || (port.targetPort ?? usualTlsPort) !== usualTlsPort) return false;
  return table.mesh.policyFor(service).at(undefined, usualTlsPort).tls === undefined;
}
