import type { TableContents, VirtualHost } from '../compile/table.js';
import type { BadRequest, Because, Blocked, NoRoute, PassThrough } from '../decision.js';

/** A decision that no route took part in. */
export type Unrouted = NoRoute | BadRequest | PassThrough | Blocked;

/** Nothing listens where it was dialled. @param path of the request; '' for a connection */
export function withoutListener({ mesh, hash: rules }: TableContents, path: string): PassThrough | Blocked {
  if (mesh.gateway !== undefined)
    return { kind: 'blocked', through: 'tcp', because: { reason: 'no-server' }, rules };
  const because: Because = { reason: 'no-listener' };
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'tcp', path, because, rules }
    : { kind: 'blocked', through: 'tcp', because, rules };
}

/** The port has routes, none of them for this Host. A gateway lets nobody through to where they were going. @param path as above */
export function unknownHost(
  { mesh, hash: rules }: TableContents,
  path: string,
): NoRoute | PassThrough | Blocked {
  const because: Because = { reason: 'unknown-host' };
  if (mesh.gateway !== undefined) return { kind: 'no-route', because, rules };
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY'
    ? { kind: 'pass-through', through: 'http', path, because, rules }
    : { kind: 'blocked', through: 'http', because, rules };
}

/** A host has rules, and none of them holds: Envoy answers 404. */
export function noRuleMatches({ owner }: VirtualHost, rules: string): NoRoute {
  const because: Because = {
    reason: 'no-rule-matches',
    ...(owner !== undefined && { resource: owner.resource }),
  };
  return { kind: 'no-route', because, rules };
}
