import type { Document } from '../../model/place.js';
import type { Origin, Requirement, Subject, Test } from '../../model/requirement.js';
import type { StringMatch } from '../../resources/string-match.js';
import type { HttpMatchRequest, Layer4Match, TcpMatch, TlsMatch } from '../../resources/virtual-service.js';
import { member } from '../../validate/report.js';
import { qualifyGateway } from '../gateway/gateway-name.js';

/** What a match block asks for. An empty `uri` and a port of 0 ask for nothing. */
export function requirementsOf(match: HttpMatchRequest, origin: Origin): Requirement[] {
  return requirementsBy(asked, match, origin);
}

/** What a match of a `tls` rule asks of where a connection arrives. */
export function tlsRequirementsOf(match: TlsMatch, origin: Origin): Requirement[] {
  return requirementsBy(askedOfTls, match, origin);
}

/** As {@link tlsRequirementsOf}, of a `tcp` rule. */
export function tcpRequirementsOf(match: TcpMatch, origin: Origin): Requirement[] {
  return requirementsBy(askedOfTcp, match, origin);
}

function requirementsBy<Match>(fields: AskedOf<Match>, match: Match, origin: Origin): Requirement[] {
  return Object.values<AskedOf<Match>[keyof Match]>(fields).flatMap((requirements) =>
    requirements(match, origin.document).map((requirement) => ({ absent: false, origin, ...requirement })),
  );
}

type Asked = Pick<Requirement, 'subject' | 'test' | 'field'> & { absent?: boolean };

const nothing = (): Asked[] => [];

/** The fields on where a request or a connection arrives, which matches of all rules have. */
type Arrival = Pick<HttpMatchRequest, 'port' | 'gateways' | 'sourceLabels' | 'sourceNamespace'>;

type AskedOf<Match> = Readonly<Record<keyof Match, (match: Match, document: Document) => Asked[]>>;

const askedOfArrival: AskedOf<Arrival> = {
  port: ({ port = 0 }) =>
    port === 0 ? [] : [{ field: 'port', subject: { kind: 'port' }, test: exactly(`${port}`) }],
  gateways: ({ gateways }, { metadata }) => {
    const values = gateways.map((gateway) => qualifyGateway(gateway, metadata.namespace));
    const test = { kind: 'one-of', values } as const;
    return gateways.length === 0 ? [] : [{ field: 'gateways', subject: { kind: 'gateway' }, test }];
  },
  sourceLabels: ({ sourceLabels }) =>
    Object.entries(sourceLabels).map(([name, value]) => ({
      field: member('sourceLabels', name),
      subject: { kind: 'source-label', name },
      test: exactly(value),
    })),
  sourceNamespace: ({ sourceNamespace: value = '' }) =>
    value === ''
      ? []
      : [{ field: 'sourceNamespace', subject: { kind: 'source-namespace' }, test: exactly(value) }],
};

/** What each field asks for; the type checker asks for every field. */
const asked: AskedOf<HttpMatchRequest> = {
  uri: ({ uri, ignoreUriCase: ignoreCase }) =>
    uri === undefined || uri.kind === 'present'
      ? []
      : [{ field: 'uri', subject: { kind: 'path' }, test: { kind: uri.kind, value: uri.value, ignoreCase } }],
  method: ({ method }) => text('method', method),
  authority: ({ authority }) => text('authority', authority),
  scheme: ({ scheme }) => text('scheme', scheme),
  headers: ({ headers }) => named('headers', headers, headerOf),
  withoutHeaders: ({ withoutHeaders }) =>
    named('withoutHeaders', withoutHeaders, headerOf).map((requirement) => ({
      ...requirement,
      absent: true,
    })),
  queryParams: ({ queryParams }) =>
    named('queryParams', queryParams, (name) => ({ kind: 'query-parameter', name })),
  ...askedOfArrival,
  name: nothing,
  ignoreUriCase: nothing,
};

/** What is asked of the connection itself is no requirement ({@link ConnectionMatch}). */
const askedOfConnections: AskedOf<Layer4Match> = { ...askedOfArrival, destinationSubnets: nothing };
const askedOfTls: AskedOf<TlsMatch> = { ...askedOfConnections, sniHosts: nothing };
// Istio does nothing with the source's addresses.
const askedOfTcp: AskedOf<TcpMatch> = { ...askedOfConnections, sourceSubnet: nothing };

function text(kind: 'method' | 'authority' | 'scheme', match: StringMatch | undefined): Asked[] {
  return match === undefined ? [] : [{ field: kind, subject: { kind }, test: testOf(match) }];
}

function named(
  field: string,
  matches: Readonly<Record<string, StringMatch>>,
  subjectOf: (name: string) => Subject,
): Asked[] {
  return Object.entries(matches).map(([name, match]) => ({
    field: member(field, name),
    subject: subjectOf(name),
    test: testOf(match),
  }));
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
