import { clusterFor, clustersOf, knowsHost, type RouteTable, suggest } from '@grayscale/traffic-rules';
import { addressText } from '../proxy/address.js';

const maxNamed = 8;

/** Whether rules or services are there for a host and port, as the client of the table calls them. */
export function isKnown(table: RouteTable, { host, port }: Service): boolean {
  return clusterFor(table, host, port) !== undefined || knowsHost(table, addressText({ host, port }), port);
}

/** What to write instead of a host and port that nobody knows. */
export function adviceFor(table: RouteTable, { host }: Service): string {
  const services = [...clustersOf(table)].filter(({ subset }) => subset === '');
  const ports = [...new Set(services.map(({ port }) => port))].filter((port) =>
    isKnown(table, { host, port }),
  );
  if (ports.length > 0)
    return `it has ${listed(ports.sort((a, b) => a - b).map((port) => `${host}:${port}`))}.`;
  const known = services.map(({ service, port }) => addressText({ host: service.host, port }));
  if (known.length === 0) return 'no service is registered at all.';
  const meant = suggest(
    host,
    services.map(({ service }) => service.host),
  );
  const near = known.filter((name) => meant !== undefined && name.startsWith(`${meant}:`));
  if (near.length > 0) return `did you mean ${listed(near)}?`;
  return `registered are ${listed(known.sort())}.`;
}

interface Service {
  host: string;
  port: number;
}

function listed(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - maxNamed;
  return more > 0 ? `${distinct.slice(0, maxNamed).join(', ')} and ${more} more` : distinct.join(', ');
}
