import { quote } from '../fields/describe.js';
import { type Destination, type ForwardAction, setsHost } from '../model/action.js';
import type { ResourceReference } from '../model/place.js';
import type { RegistryService } from '../model/service.js';
import { resourceName } from '../place.js';
import type { MeshView } from './mesh-view.js';
import type { RuleEntry } from './rule-entries.js';

/** Destinations that exist, and do not get the requests, or in the form, that the rule seems to say. */
export function* warnOfSurprisingDestinations(
  view: MeshView,
  entries: readonly RuleEntry[],
): Generator<undefined, void> {
  const owners = ownersByHost(view);
  for (const entry of entries) {
    yield;
    const { action } = entry;
    if (action.kind !== 'forward') continue;
    warnOfUnstickySplit(view, entry, action);
    for (const destination of action.destinations.filter(({ weight }) => weight > 0)) {
      const service = view.table.mesh.services.get(destination.host);
      if (service === undefined) continue;
      warnOfEncryptedPort(view, entry, destination, service);
      warnOfForeignHost(view, entry, destination, service);
      warnOfForeignCertificate(view, entry, destination, service);
      noteOwnRules(view, entry, destination, owners);
    }
  }
}

/** The first resource with rules for each host; at a gateway those for sidecars as well, which it is not told. */
function ownersByHost({ deciding, table }: MeshView): Map<string, ResourceReference> {
  const owners = new Map<string, ResourceReference>();
  const hidden = table.mesh.gateway === undefined ? [] : table.mesh.hiddenRules();
  for (const { hosts, resource } of [...deciding.map(({ owner }) => owner), ...hidden])
    for (const host of hosts) if (!owners.has(host)) owners.set(host, resource);
  return owners;
}

/** The destination is drawn for each request, before its load balancer looks at the hash (recorded: `http-hash-cookie-weighted`). */
function warnOfUnstickySplit(view: MeshView, entry: RuleEntry, { destinations }: ForwardAction): void {
  const drawn = destinations.filter(({ weight }) => weight > 0);
  const sticky = drawn.find((destination) => hashesAt(view, destination));
  if (drawn.length < 2 || sticky === undefined) return;
  view
    .report(entry.document)
    .warning(
      'split-not-sticky',
      `${entry.path}.${sticky.field}`,
      `the consistent hash of ${sticky.host} chooses among the endpoints of one destination; which destination a request gets is drawn anew each time by weight, so users move between them. To keep users where they are, route by a header or cookie.`,
    );
}

function hashesAt({ table }: MeshView, { host, port, subset }: Destination): boolean {
  const service = table.mesh.services.get(host);
  if (service === undefined) return false;
  const policy = table.mesh
    .policyFor(service)
    .at(subset === '' ? undefined : subset, port ?? service.ports[0]?.number ?? 0);
  return typeof policy.loadBalancing === 'object';
}

function warnOfEncryptedPort(
  view: MeshView,
  entry: RuleEntry,
  { host, port, subset, field }: Destination,
  service: RegistryService,
): void {
  const target = service.ports.find(({ number }) => number === port);
  if (target?.encrypted !== true) return;
  const policy = view.table.mesh.policyFor(service).at(subset === '' ? undefined : subset, target.number);
  if (policy.tls !== undefined) return;
  view
    .report(entry.document)
    .warning(
      'plain-text-to-tls-port',
      `${entry.path}.${field}.port`,
      `port ${target.number} of ${host} expects TLS, and a rule sends what the application sent, plain HTTP. Write a DestinationRule with trafficPolicy: { tls: { mode: SIMPLE } }, or route to an HTTP port.`,
    );
}

/** Servers outside of the mesh that go by a name serve that name, as a rule. */
function warnOfForeignHost(
  view: MeshView,
  { document, path, owner, action }: RuleEntry,
  destination: Destination,
  { external, discovery }: RegistryService,
): void {
  const { host, field } = destination;
  if (!external || discovery !== 'dns' || setsHost(destination) || action.kind !== 'forward') return;
  if (owner.hosts.includes(host) || host.startsWith('*') || isMixed(view, action)) return;
  view
    .report(document)
    .warning(
      'outside-gets-foreign-host',
      `${path}.${field}`,
      `${host} is outside the mesh and gets the Host ${quote(owner.hosts[0] ?? '')}, which it may not serve (404 or 421). If so, write rewrite: { authority: ${host} }.`,
    );
}

/** Without a name of its own in the DestinationRule the server has to be who the Host says (recorded: `tcp-originate-through-rule`). */
function warnOfForeignCertificate(
  view: MeshView,
  { document, path, owner }: RuleEntry,
  destination: Destination,
  service: RegistryService,
): void {
  const { host, port, subset, field } = destination;
  if (setsHost(destination) || owner.hosts.includes(host) || host.startsWith('*')) return;
  const number = port ?? service.ports[0]?.number ?? 0;
  const { tls } = view.table.mesh.policyFor(service).at(subset === '' ? undefined : subset, number);
  const isOpen = tls?.serverName === undefined && tls?.verification?.subjectAltNames.length === 0;
  if (!isOpen) return;
  view
    .report(document)
    .warning(
      'certificate-for-other-host',
      `${path}.${field}`,
      `${host} is called over TLS, and its certificate must be for the Host that is sent, ${quote(owner.hosts[0] ?? '')}; otherwise requests get 503. Write rewrite: { authority: ${host} }, or sni: ${host} in the DestinationRule.`,
    );
}

/** Such a split has a warning of its own. */
function isMixed({ table }: MeshView, { destinations }: ForwardAction): boolean {
  return destinations.some(
    ({ host, weight }) => weight > 0 && table.mesh.services.get(host)?.external === false,
  );
}

/** Rules are asked once for each request, by the Host that the application sent. */
function noteOwnRules(
  view: MeshView,
  { document, path, owner }: RuleEntry,
  { host, field }: Destination,
  owners: ReadonlyMap<string, ResourceReference>,
): void {
  const other = owners.get(host);
  if (other === undefined || owner.hosts.includes(host) || isSame(other, owner.resource)) return;
  view
    .report(document)
    .info(
      'destination-rules-not-applied',
      `${path}.${field}`,
      `${resourceName(other)} has rules for ${host}, which do not apply to these requests: rules are chosen once, by the Host that the application sent. Write here what should happen to them.`,
    );
}

function isSame(a: ResourceReference, b: ResourceReference): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
