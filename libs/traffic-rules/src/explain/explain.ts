import { toReadableText } from '../bytes.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import type { Because } from '../decision.js';
import type { RouteRequest } from '../request.js';
import { decide, type Found, findRoute } from '../route/route.js';
import { answersOf } from './answers.js';
import { connectedTo, destinationsOf, effectsOf } from './effects.js';
import type { ExplainedDestination, Explanation } from './explanation.js';
import { notes } from './notes.js';
import { passedOver } from './passed-over.js';

/** Says what `route` decides for the request, and why: which rule, which others not and for what reason. */
export function explain(table: RouteTable, request: RouteRequest): Explanation {
  const contents = contentsOf(table);
  const found = findRoute(contents, request);
  const isFound = found.kind === 'found';
  const { kind, because } = decide(found, 0, contents.hash);
  return {
    request: {
      method: request.method,
      scheme: request.scheme,
      authority: toReadableText(request.authority),
      port: request.port,
      path: toReadableText(request.path),
    },
    decision: { kind, because },
    summary: summarize(found, because, request),
    answers: answersOf(found),
    destinations: isFound ? destinationsOf(found.route, found.view) : connectionsOf(found, request.authority),
    ...(isFound && { effects: effectsOf(found.route, found.view) }),
    passedOver: passedOver(contents, request, found),
    notes: notes(contents, request, found),
  };
}

function connectionsOf(found: Found, authority: string): ExplainedDestination[] {
  return found.kind === 'connection' ? connectedTo(found.target, authority) : [];
}

function summarize(found: Found, because: Because, request: RouteRequest): string {
  const { authority, port } = request;
  const host = toReadableText(authority) || 'an empty Host';
  const owner = because.resource;
  switch (because.reason) {
    case 'rule':
      return `${describeOwner(because)} decides.`;
    case 'default-route':
      return `No rule is in force for ${host} on port ${port}: the request goes to the service itself.`;
    case 'no-rule-matches':
      return `${owner?.kind} ${owner?.namespace}/${owner?.name} has the host, but no rule for this request: 404 with an empty body.`;
    case 'unknown-host':
      return found.kind === 'no-route'
        ? `On port ${port} no rule that is bound to the gateway is for ${host}: 404 with an empty body.`
        : `On port ${port} no rule and no service is called ${host}: ${unknownEnd(found, host)}`;
    case 'no-server':
      return `No server of the gateway takes connections to port ${port}${serverName(request)}: they are refused or closed.`;
    case 'https-redirect':
      return `Gateway ${owner?.namespace}/${owner?.name} redirects every request for ${host} to HTTPS (tls.httpsRedirect).`;
    case 'no-listener':
      return `No service has an HTTP port ${port}, so no rule looks at the request: ${unknownEnd(found, host)}`;
    case 'tcp-port':
      return `Port ${port} of ${because.destination?.host} is not HTTP, so no rule looks at the request: ${tcpEnd(found)}`;
    case 'malformed-target':
      return found.kind === 'no-route'
        ? 'No route can match such a request target: 404 with an empty body.'
        : 'The request target is malformed (a fragment, an encoded NUL, or no leading slash): 400.';
  }
}

/** As `VirtualService shop/front, http[0].match[1] "name"`. */
export function describeOwner({ resource, rule, match }: Because): string {
  const names = [rule?.name, match?.name].filter((name) => name !== undefined);
  const quoted = names.length > 0 ? ` "${names.join('.')}"` : '';
  const delegate = rule?.delegate;
  const via = delegate === undefined ? '' : ` of its delegate ${delegate.namespace}/${delegate.name}`;
  const place = (match ?? rule)?.path.replace(/^spec\./, '') ?? '';
  return `${resource?.kind} ${resource?.namespace}/${resource?.name}, ${place}${quoted}${via}`;
}

function serverName({ tls }: RouteRequest): string {
  if (tls === undefined) return ' in plain text';
  return tls.serverName === undefined ? ' with TLS and no name' : ` with TLS for ${tls.serverName}`;
}

function tcpEnd(found: Found): string {
  return found.kind === 'connection' && found.target.shares.some(({ cluster }) => cluster !== undefined)
    ? 'its bytes go to the service as they are.'
    : 'the connection is closed.';
}

function unknownEnd(found: Found, host: string): string {
  if (found.kind === 'blocked') {
    return found.through === 'http' ? 'REGISTRY_ONLY answers 502.' : 'REGISTRY_ONLY closes the connection.';
  }
  return `it passes through to where ${host} leads.`;
}
