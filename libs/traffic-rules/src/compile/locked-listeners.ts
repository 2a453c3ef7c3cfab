import { asListened, isHttp, type RegistryPort, type RegistryService } from '../model/service.js';
import { listenersOf } from './tcp-listeners.js';

/**
 * What a sidecar listens for. Services of the egress listener for all other ports are listened for on a port that has a listener of its own as
 * well, where that one does not listen (Istio, listener.go buildSidecarOutboundListeners; recorded: `scope-sidecar-port-beside-others`).
 */
export function withoutLocked(listened: readonly RegistryService[]): readonly RegistryService[] {
  const locked = new Set<string>();
  for (const service of listened)
    for (const port of service.ports)
      if (port.listenedAs !== undefined && port.destinationOnly !== true) locked.add(placeOf(service, port));
  if (locked.size === 0) return listened;
  const isLocked = (service: RegistryService, port: RegistryPort) =>
    port.unrouted === true && locked.has(placeOf(service, port));
  return listened.map((service) =>
    service.ports.some((port) => isLocked(service, port))
      ? { ...service, ports: service.ports.filter((port) => !isLocked(service, port)) }
      : service,
  );
}

/** The first address of a listener, and its port. */
function placeOf(service: RegistryService, declared: RegistryPort): string {
  const { protocol, number } = asListened(declared);
  const [address = '*'] = isHttp(protocol) ? [] : listenersOf(service, declared);
  return `${address} ${number}`;
}
