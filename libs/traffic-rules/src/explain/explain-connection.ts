import type { ConnectionTarget } from '../compile/connection-chains.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import type { ConnectionDecision } from '../decision.js';
import { isWildcard } from '../host-map.js';
import { overlap } from '../hosts-in-common.js';
import { type Connection, routeConnection, tcpTargetOf } from '../route/route-connection.js';
import { closedOf } from './answers.js';
import { connectedTo } from './effects.js';
import { describeOwner } from './explain.js';
import type { ExplainedAnswer, Explanation } from './explanation.js';

/** Says where `routeConnection` leads a connection, and why. */
export function explainConnection(table: RouteTable, connection: Connection): Explanation {
  const { host, port, sni = host } = connection;
  const decision = routeConnection(table, connection, 0);
  const target = tcpTargetOf(contentsOf(table), connection);
  return {
    request: { method: '', scheme: sni === null ? 'tcp' : 'tls', authority: host, port, path: '' },
    decision: { kind: decision.kind, because: decision.because },
    summary: summarize(decision, connection),
    answers: answersTo(decision, target),
    destinations: target === undefined ? direct(decision, host) : connectedTo(target, host),
    passedOver: [],
    notes: [
      ...notesOn(decision, connection),
      ...notesOnRules(table, decision, connection),
      ...notesOnHidden(table, decision, connection),
    ],
  };
}

function answersTo({ kind }: ConnectionDecision, target: ConnectionTarget | undefined): ExplainedAnswer[] {
  if (target !== undefined) return closedOf(target);
  return kind === 'blocked' ? [{ by: 'connection-closed', share: 1 }] : [];
}

/** The service that a name leads to, where no listener takes the connection on its way. */
function direct(decision: ConnectionDecision, host: string) {
  if (decision.kind !== 'connect') return [];
  const { because, cluster } = decision;
  const share = { upperBound: 1, weight: 1, because, clusterName: cluster.name, cluster };
  return connectedTo({ shares: [share] }, host);
}

function summarize({ kind, because }: ConnectionDecision, { host, port }: Connection): string {
  switch (because.reason) {
    case 'rule':
      return `${describeOwner(because)} decides.`;
    case 'tcp-port':
      return `No TCP or TLS rule is in force for it: the connection goes to ${because.destination?.host}${kind === 'blocked' ? ', which has no endpoint: it is closed' : ''}.`;
    case 'no-server':
      return `No server of the gateway takes the connection to port ${port}: it is refused or closed.`;
    case 'default-route':
      return `No rule looks at the connection: it goes to ${because.destination?.host}.`;
    default:
      return kind === 'blocked'
        ? `No service takes connections to ${host} on port ${port}: REGISTRY_ONLY closes them.`
        : `No service takes connections to ${host} on port ${port}: it passes through to where ${host} leads.`;
  }
}

/** Rules of TCP and TLS for the name, which are not in force for the connection. */
function notesOnRules(
  table: RouteTable,
  { because }: ConnectionDecision,
  { host, sni = host }: Connection,
): string[] {
  if (because.reason === 'rule') return [];
  const names = new Set([host, sni]);
  return contentsOf(table)
    .mesh.rules.filter(
      ({ hosts, connections = [] }) =>
        connections.length > 0 &&
        (hosts.some((one) => names.has(one) || one.startsWith(`${host}.`)) ||
          connections.some(({ match }) => match.serverNames.some((name) => names.has(name)))),
    )
    .map(
      ({ resource }) =>
        `${resource.kind} ${resource.namespace}/${resource.name} has TCP or TLS rules for it, which do not apply to this connection: grayscale check says why.`,
    );
}

/** A service that is there, and that the workload's proxy is not told of. */
function notesOnHidden(table: RouteTable, { kind }: ConnectionDecision, { host }: Connection): string[] {
  if (kind === 'connect') return [];
  return [...contentsOf(table).mesh.hiddenServices()]
    .filter(
      (hidden) =>
        hidden.host === host || (hidden.host.startsWith('*') && host.endsWith(hidden.host.slice(1))),
    )
    .map((hidden) => `${hidden.host} ${hidden.reason}.`);
}

/** What names a service and is not its listener. */
function notesOn({ because }: ConnectionDecision, { host, port }: Connection): string[] {
  const taken = because.destination?.host;
  if (because.reason !== 'tcp-port' || taken === undefined || taken === host || taken.startsWith(`${host}.`))
    return [];
  if (isWildcard(taken) && overlap(taken, host)) return [];
  return [
    `${taken} has no address, so it takes every connection to port ${port} that no other service has an address for.`,
  ];
}
