import type { ConnectionTarget } from '../compile/connection-chains.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import type { ConnectionDecision } from '../decision.js';
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
    notes: notesOn(decision, connection),
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
      return `No rule of TCP or TLS is in force for it: the connection goes to ${because.destination?.host}${kind === 'blocked' ? ', which has no endpoint: it is closed' : ''}.`;
    case 'no-server':
      return `No server of the gateway takes the connection to port ${port}: it is refused or closed.`;
    case 'default-route':
      return `Nobody looks into the connection: it goes to ${because.destination?.host}.`;
    default:
      return kind === 'blocked'
        ? `No service takes connections to ${host} on port ${port}: REGISTRY_ONLY closes them.`
        : `No service takes connections to ${host} on port ${port}: it passes through to where ${host} leads.`;
  }
}

/** What names a service and is not its listener. */
function notesOn({ because }: ConnectionDecision, { host, port }: Connection): string[] {
  const taken = because.destination?.host;
  if (because.reason !== 'tcp-port' || taken === undefined || taken === host || taken.startsWith(`${host}.`))
    return [];
  return [
    `${taken} has no address, so it takes every connection to port ${port} that no other service has an address for.`,
  ];
}
