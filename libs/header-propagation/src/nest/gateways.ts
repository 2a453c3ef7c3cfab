import type { ModuleRef } from '@nestjs/core';
import type { HeaderPropagation } from '../header-propagation.js';

type Callback = (client: object, ...rest: unknown[]) => void;

/** The part of a `WebSocketAdapter` that is used. */
interface Adapter {
  bindClientConnect(server: unknown, callback: Callback): unknown;
}

interface Configuration {
  getIoAdapter(): Adapter | undefined;
}

/** The headers of the upgrade request by the client of a gateway: those of `ws` do not keep them. */
const upgrades = new WeakMap<object, unknown>();

/** The headers with which a client of a gateway connected, where its adapter showed them. */
export function upgradeHeaders(client: unknown): unknown {
  return typeof client === 'object' && client !== null ? upgrades.get(client) : undefined;
}

/**
 * Captures the headers of each upgrade request for `handleConnection` and what it starts. The adapter is chosen after the
 * modules are made, so it is met where Nest asks for it.
 */
export function captureUpgrades(moduleRef: ModuleRef, propagation: HeaderPropagation): void {
  const { container } = moduleRef as unknown as { container?: { applicationConfig?: Configuration } };
  const configuration = container?.applicationConfig;
  if (typeof configuration?.getIoAdapter !== 'function') return;
  const getIoAdapter = configuration.getIoAdapter.bind(configuration);
  const met = new WeakSet<Adapter>();
  configuration.getIoAdapter = () => {
    const adapter = getIoAdapter();
    if (adapter !== undefined && adapter !== null && !met.has(adapter)) {
      met.add(adapter);
      wrap(adapter, propagation);
    }
    return adapter;
  };
}

function wrap(adapter: Adapter, propagation: HeaderPropagation): void {
  if (typeof adapter.bindClientConnect !== 'function') return;
  const bind = adapter.bindClientConnect.bind(adapter);
  adapter.bindClientConnect = (server, callback) =>
    bind(server, (client, ...rest) => {
      const request = upgradeOf(client, rest);
      if (request === undefined) return callback(client, ...rest);
      upgrades.set(client, request.headers);
      const reading = propagation.read(request.headers, request.url ?? '');
      propagation.runReading(reading, () => callback(client, ...rest));
    });
}

interface Upgrade {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly url?: string;
}

/** `ws` gives the upgrade request beside its client; socket.io keeps it on the client. */
function upgradeOf(client: object, [beside]: unknown[]): Upgrade | undefined {
  const { handshake } = client as { handshake?: Upgrade };
  return [beside as Upgrade | undefined, handshake].find((one) => typeof one?.headers === 'object');
}
