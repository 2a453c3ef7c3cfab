import { quote } from '../parse/describe.js';
import type { Deciding, MeshView } from './mesh-view.js';

const portOfUnregisteredHosts = 80;

/** Hosts that another VirtualService has, or that no port routes. */
export function warnOfHosts(view: MeshView): void {
  const owners = new Map<string, Deciding>();
  for (const deciding of view.deciding) {
    if (deciding.document.spec.http.length === 0) continue;
    deciding.prepared.hosts.forEach((host, index) => {
      const path = `spec.hosts[${index}]`;
      const owner = owners.get(host);
      if (owner !== undefined) warnOfTaken(view, deciding, owner, { host, path });
      else if (isLive(deciding)) owners.set(host, deciding);
      if (owner === undefined && isLive(deciding)) warnOfUnserved(view, deciding, host, path);
    });
  }
}

/** A VirtualService whose every match is for others is as if it did not exist. */
function isLive({ prepared }: Deciding): boolean {
  return prepared.rules.some(({ blocks }) => blocks.some(({ excluded }) => excluded === undefined));
}

function warnOfTaken(
  view: MeshView,
  loser: Deciding,
  owner: Deciding,
  { host, path }: { host: string; path: string },
): void {
  const { namespace, name, location } = owner.prepared.reference;
  const message = `VirtualService ${namespace}/${name} (${location.file}:${location.line}) has ${host} already and decides alone, as two of one host do not merge: what its rules do not match gets 404. Put the rules of both into one.`;
  view.report(loser.document).warning('host-taken', path, message);
}

function warnOfUnserved(view: MeshView, { document, prepared }: Deciding, host: string, path: string): void {
  const { table } = view;
  const isServed = [...table.ports.values()].some(
    ({ hosts }) => hosts.findCovering(host)?.virtualService === prepared,
  );
  const wildcard = host.startsWith('*');
  if (wildcard && servesSomeService(view, prepared, host)) return;
  if (isServed) {
    if (!wildcard && !table.services.has(host)) noteUnregistered(view, document, host, path);
    return;
  }
  const advice = table.services.has(host)
    ? 'give its port the protocol HTTP'
    : `write a ServiceEntry with hosts: [${quote(host)}] and an HTTP port`;
  const listener = table.ports.has(portOfUnregisteredHosts) ? '' : ', and no service has an HTTP port 80';
  view
    .report(document)
    .warning(
      'host-not-served',
      path,
      `no port routes ${host}: it is no service with an HTTP port${listener}, so its requests leave the mesh as if there were no rule. To route it, ${advice}.`,
    );
}

function servesSomeService({ table }: MeshView, prepared: Deciding['prepared'], wildcard: string): boolean {
  const suffix = wildcard.slice(1);
  for (const { host, ports } of table.services.values())
    if (
      host.endsWith(suffix) &&
      ports.some(
        ({ number }) => table.ports.get(number)?.hosts.findCovering(host)?.virtualService === prepared,
      )
    )
      return true;
  return false;
}

function noteUnregistered(view: MeshView, document: Deciding['document'], host: string, path: string): void {
  view
    .report(document)
    .info(
      'host-not-registered',
      path,
      `${host} is no service of the mesh: it is routed only while some service has an HTTP port ${portOfUnregisteredHosts}, or beside a registered host. A ServiceEntry for it makes that sure.`,
    );
}
