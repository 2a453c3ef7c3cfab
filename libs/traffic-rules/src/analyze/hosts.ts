import { isForWorkload } from '../compile/routes.js';
import { quote } from '../fields/describe.js';
import { meshGateway } from '../model/gateway.js';
import { carriesHttp, type RegistryPort } from '../model/service.js';
import { placedName } from '../place.js';
import type { Deciding, MeshView } from './mesh-view.js';

const portOfUnregisteredHosts = 80;

/** Hosts that another resource has, or that no port routes. */
export function* warnOfHosts(view: MeshView): Generator<undefined, void> {
  const owners = new Map<string, Deciding>();
  for (const deciding of view.deciding) {
    yield;
    if (deciding.owner.rules.length === 0) continue;
    const isLive = deciding.owner.rules.some((rule) => isForWorkload(rule, view.table));
    deciding.owner.hosts.forEach((host, index) => {
      const path = deciding.owner.hostFields[index] ?? '';
      const first = owners.get(host);
      // One service under two of its names, which is how rules are often generated.
      if (first === deciding) return;
      if (first !== undefined) warnOfTaken(view, deciding, first, { host, path });
      else if (isLive) {
        owners.set(host, deciding);
        if (view.hasServices) warnOfUnserved(view, deciding, host, path);
      }
    });
  }
}

function warnOfTaken(
  view: MeshView,
  { owner }: Deciding,
  first: Deciding,
  { host, path }: { host: string; path: string },
): void {
  const message = `${placedName(first.owner.resource)} has ${host} already and decides alone, as two for one host are not merged: what its rules do not match gets 404. Put the rules of both into one.`;
  view.report(owner.document).warning('host-taken', path, message);
}

function warnOfUnserved(view: MeshView, deciding: Deciding, host: string, path: string): void {
  const { table } = view;
  const wildcard = host.startsWith('*');
  if (wildcard && servesUnder(deciding, host.slice(1))) {
    if (!deciding.served.has(host)) noteNarrowed(view, deciding, host, path);
    return;
  }
  if (isServed(view, deciding, host)) {
    if (!wildcard && !table.mesh.services.has(host)) noteUnregistered(view, deciding, host, path);
    return;
  }
  const served = servedElsewhere(view, host);
  if (served.length > 0) {
    const message = `${host} is served on port ${served.join(', ')}, but its rules ask for other ports, so they do not apply there. Write one of its ports in match, or leave the port out.`;
    view.report(deciding.owner.document).warning('host-not-served', path, message);
    return;
  }
  const covering = coveringEntry(view, host);
  const advice = table.mesh.services.has(host)
    ? httpPortAdvice(table.mesh.services.get(host)?.ports ?? [])
    : (fullNameAdvice(view, host) ?? `write a ServiceEntry with hosts: [${quote(host)}] and an HTTP port`);
  const listener = table.ports.has(portOfUnregisteredHosts) ? '' : ', and no service has an HTTP port 80';
  const isForGateway = deciding.owner.gateways.some((gateway) => gateway !== meshGateway);
  const sidecars = isForGateway ? 'for sidecars, as mesh is among its gateways, ' : '';
  const alone = isForGateway ? ', or take mesh out where the rules are for the gateway alone' : '';
  view
    .report(deciding.owner.document)
    .warning(
      'host-not-served',
      path,
      `${sidecars}no port routes ${host}: no service with an HTTP port has this host${listener}${covering}, so its requests go on as if there were no rule. To route it, ${advice}${alone}.`,
    );
}

/** Only a name without a dot is read in the rules' own namespace (recorded: `host-short-names`). */
function fullNameAdvice({ table }: MeshView, host: string): string | undefined {
  const full = [`${host}.svc.cluster.local`, `${host}.cluster.local`].find((name) =>
    table.mesh.services.has(name),
  );
  return full && `write the service's name in full, ${full}: with a dot in it, ${host} is taken as it is`;
}

/** A port of TLS stays one: plain HTTP needs a port of its own. */
function httpPortAdvice(ports: readonly RegistryPort[]): string {
  return ports.every(({ encrypted }) => encrypted === true)
    ? `add a port for plain HTTP to its registration, for instance { number: ${portOfUnregisteredHosts}, name: http, protocol: HTTP }`
    : 'give its port the protocol HTTP, or write the rules under tcp if it speaks something else';
}

/** Ports on which the registered host is served, whatever rules it has. */
function servedElsewhere({ table }: MeshView, host: string): number[] {
  const ports = table.mesh.services.get(host)?.ports ?? [];
  return ports.filter(({ protocol }) => carriesHttp(protocol)).map(({ number }) => number);
}

/** A wildcard takes the requests, but a rule for one name under it is not used. */
function coveringEntry({ table }: MeshView, host: string): string {
  const wildcard = [...table.mesh.services.keys()].find(
    (known) => known.startsWith('*') && host.endsWith(known.slice(1)),
  );
  return wildcard === undefined
    ? ''
    : ` (${wildcard} covers it, and its requests go there without these rules)`;
}

function isServed({ table }: MeshView, { owner, ports }: Deciding, host: string): boolean {
  for (const port of ports) if (table.ports.get(port)?.hosts.findCovering(host)?.owner === owner) return true;
  return false;
}

function servesUnder({ served }: Deciding, suffix: string): boolean {
  for (const name of served) if (name.endsWith(suffix)) return true;
  return false;
}

/** Beside a registered name under it a wildcard is no host of its own (Istio, route.go; recorded: `host-wildcard-narrowed`). */
function noteNarrowed(view: MeshView, { owner, served }: Deciding, host: string, path: string): void {
  // All names of the cluster are registered.
  if (host === '*' || host.endsWith('.local')) return;
  const names = [...served].filter((name) => name.endsWith(host.slice(1))).slice(0, 3);
  view
    .report(owner.document)
    .info(
      'host-not-registered',
      path,
      `since ${names.join(', ')} under ${host} is registered, the rules apply only to registered names: requests for any other name under it go on as if there were no rule. Write a ServiceEntry for ${host} to route them as well.`,
    );
}

function noteUnregistered(view: MeshView, { owner }: Deciding, host: string, path: string): void {
  view
    .report(owner.document)
    .info(
      'host-not-registered',
      path,
      `${host} is not registered: it is routed only while some service has an HTTP port ${portOfUnregisteredHosts}, or beside a registered host. ${capitalized(fullNameAdvice(view, host) ?? 'write a ServiceEntry for it to be sure')}.`,
    );
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
