import type { Origin, Requirement, Subject, Test } from '../../model/requirement.js';
import type { StringMatch } from '../../resources/string-match.js';
import type { HttpMatchRequest } from '../../resources/virtual-service.js';
import { member } from '../../validate/report.js';
import { qualifyGateway } from '../gateway/gateway-name.js';

/** What a match block asks for. An empty `uri` and a port of 0 ask for nothing. */
export function requirementsOf(match: HttpMatchRequest, origin: Origin): Requirement[] {
  const { uri, method, authority, scheme, port, gateways, sourceNamespace, sourceLabels } = match;
  const requirements: Requirement[] = [];
  const ask = (field: string, subject: Subject, test: Test, absent = false) =>
    requirements.push({ subject, test, absent, origin, field });
  if (uri !== undefined && uri.kind !== 'present')
    ask('uri', { kind: 'path' }, { kind: uri.kind, value: uri.value, ignoreCase: match.ignoreUriCase });
  if (method !== undefined) ask('method', { kind: 'method' }, testOf(method));
  if (authority !== undefined) ask('authority', { kind: 'authority' }, testOf(authority));
  if (scheme !== undefined) ask('scheme', { kind: 'scheme' }, testOf(scheme));
  for (const name in match.headers) ask(member('headers', name), headerOf(name), testOf(match.headers[name]));
  for (const name in match.withoutHeaders)
    ask(member('withoutHeaders', name), headerOf(name), testOf(match.withoutHeaders[name]), true);
  for (const name in match.queryParams)
    ask(member('queryParams', name), { kind: 'query-parameter', name }, testOf(match.queryParams[name]));
  if (port !== undefined && port !== 0) ask('port', { kind: 'port' }, exactly(`${port}`));
  if (gateways.length > 0) {
    const { namespace } = origin.document.metadata;
    const values = gateways.map((gateway) => qualifyGateway(gateway, namespace));
    ask('gateways', { kind: 'gateway' }, { kind: 'one-of', values });
  }
  for (const name in sourceLabels)
    ask(member('sourceLabels', name), { kind: 'source-label', name }, exactly(sourceLabels[name] ?? ''));
  if (sourceNamespace) ask('sourceNamespace', { kind: 'source-namespace' }, exactly(sourceNamespace));
  return requirements;
}

/** With `gateways` written, source labels and namespace are not looked at (Istio, route.go sourceMatchHTTP). */
export function withoutIgnoredSources(requirements: readonly Requirement[]): readonly Requirement[] {
  if (!requirements.some(({ subject }) => subject.kind === 'gateway')) return requirements;
  return requirements.filter(
    ({ subject }) => subject.kind !== 'source-label' && subject.kind !== 'source-namespace',
  );
}

function headerOf(name: string): Subject {
  return { kind: 'header', name: name.toLowerCase() };
}

/** `{}` asks for presence, and so does the expression `*`, which is not RE2 (Istio, canBeConvertedToPresentMatch). */
export function testOf(match: StringMatch = { kind: 'present' }): Test {
  if (match.kind === 'present' || (match.kind === 'regex' && match.value === '*')) return { kind: 'present' };
  return { kind: match.kind, value: match.value, ignoreCase: false };
}

function exactly(value: string): Test {
  return { kind: 'exact', value, ignoreCase: false };
}
