import { isIPv6 } from 'node:net';
import type { RegistryService } from '../model/service.js';

export interface Domains {
  /** Host names and patterns that lead to the service; none carries a port, since the tables ignore a Host's port. */
  all: string[];
  /** Those among them that are short for the full name; they yield to a service that is really called so. */
  short: ReadonlySet<string>;
}

/**
 * The names of a service: its host, with a trailing dot as well, its aliases', short forms of Kubernetes names and
 * virtual IP addresses (Istio, httproute.go generateVirtualHostDomains).
 */
export function domainsOf(
  service: RegistryService,
  aliases: readonly string[],
  workloadNamespace: string,
): Domains {
  const short = new Set<string>();
  const names: string[] = [];
  for (const host of [service.host, ...aliases]) {
    names.push(host, `${host}.`);
    for (const name of shortForms(host, workloadNamespace)) {
      names.push(name);
      short.add(name);
    }
  }
  const perPod = service.headless ? names.map((name) => `*.${name}`) : [];
  return { all: [...names, ...perPod, ...service.addresses.map(addressDomain)], short };
}

/** `svc.ns` and `svc.ns.svc`, and the bare name for clients of the same namespace. */
function shortForms(host: string, workloadNamespace: string): string[] {
  const end = host.indexOf('.svc.');
  const dot = host.indexOf('.');
  if (end <= 0 || dot + 1 > end) return [];
  const named = host.slice(0, end);
  const forms = [named, `${named}.svc`];
  return host.slice(dot + 1, end) === workloadNamespace ? [host.slice(0, dot), ...forms] : forms;
}

export function addressDomain(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}
