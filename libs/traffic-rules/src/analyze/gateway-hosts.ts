import type { GatewayServer } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { MeshView } from './mesh-view.js';

/** Hosts of rules that no server of their gateways takes. */
export function* warnOfGatewayHosts(view: MeshView): Generator<undefined, void> {
  const servers = view.table.mesh.gateway?.servers ?? [];
  for (const { owner, served } of view.deciding) {
    yield;
    const own = servers.filter(({ gateway }) => owner.gateways.includes(gateway));
    const taken = [
      ...served,
      ...(owner.connections === undefined ? [] : own.filter(isOfConnections).flatMap(hostsOf)),
    ];
    owner.hosts.forEach((host, index) => {
      if (taken.some((name) => covers(host, name) || covers(name, host))) return;
      const hosts = own.flatMap(hostsOf);
      view
        .report(owner.document)
        .warning(
          'host-not-served',
          owner.hostFields[index] ?? '',
          `no server of ${namesOf(owner)} takes ${host} (they take ${[...new Set(hosts)].join(', ')}): its requests get 404. Add the host to a server of the Gateway.`,
        );
    });
  }
}

/** Whether it takes connections that nobody looks into. */
function isOfConnections({ serves }: GatewayServer): boolean {
  return serves !== 'http' && serves !== 'https';
}

function hostsOf({ hosts }: { hosts: ReadonlyArray<{ host: string }> }): string[] {
  return hosts.map(({ host }) => host);
}

function namesOf({ gateways }: HostRules): string {
  return gateways.filter((name) => name !== 'mesh').join(' or ');
}

function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : pattern === name;
}
