import type { HostRules } from '../model/rule.js';
import type { MeshView } from './mesh-view.js';

/** Hosts of rules that no server of their gateways takes. */
export function* warnOfGatewayHosts(view: MeshView): Generator<undefined, void> {
  const servers = view.table.mesh.gateway?.servers ?? [];
  for (const { owner, served } of view.deciding) {
    yield;
    const taken = [...served];
    owner.hosts.forEach((host, index) => {
      if (taken.some((name) => covers(host, name) || covers(name, host))) return;
      const hosts = servers.filter(({ gateway }) => owner.gateways.includes(gateway)).flatMap(hostsOf);
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

function hostsOf({ hosts }: { hosts: ReadonlyArray<{ host: string }> }): string[] {
  return hosts.map(({ host }) => host);
}

function namesOf({ gateways }: HostRules): string {
  return gateways.filter((name) => name !== 'mesh').join(' or ');
}

function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : pattern === name;
}
