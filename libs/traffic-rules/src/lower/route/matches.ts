import type { Origin, Requirement, Subject, Test } from '../../model/requirement.js';
import type { GrpcRouteMatch, HttpRouteMatch, NamedMatch } from '../../resources/gateway-api.js';
import { testOf } from '../virtual-service/requirements.js';
import type { Precedence } from './precedence.js';

/** What a match asks for, and how specific it is. */
export interface RouteMatch {
  requirements: Requirement[];
  precedence: Precedence;
}

type PathTest = Extract<Test, { kind: 'exact' | 'segment-prefix' | 'regex' }>;

/** What a match of an HTTPRoute asks for, and its rank among the matches of all routes. */
export function httpRouteMatch(
  { path, method, headers, queryParams }: HttpRouteMatch,
  origin: Origin,
): RouteMatch {
  const test = pathTest(path);
  const requirements = [
    requirement({ kind: 'path' }, test, origin, 'path'),
    ...(method === undefined ? [] : [requirement({ kind: 'method' }, exactly(method), origin, 'method')]),
    ...named(headers, 'headers', origin, (name) => ({ kind: 'header', name: name.toLowerCase() })),
    ...named(queryParams, 'queryParams', origin, (name) => ({ kind: 'query-parameter', name })),
  ];
  return {
    requirements,
    precedence: {
      ...ofPath(test),
      hasMethod: method !== undefined,
      headers: distinct(headers).length,
      queryParameters: distinct(queryParams).length,
    },
  };
}

/** gRPC's paths are `/service/method` (Istio, conversion.go createGRPCURIMatch). */
export function grpcRouteMatch({ method, headers }: GrpcRouteMatch, origin: Origin): RouteMatch {
  const test = method === undefined ? undefined : grpcPathTest(method);
  return {
    requirements: [
      ...(test === undefined ? [] : [requirement({ kind: 'path' }, test, origin, 'method')]),
      ...named(headers, 'headers', origin, (name) => ({ kind: 'header', name: name.toLowerCase() })),
    ],
    precedence: {
      ...ofPath(test),
      hasMethod: false,
      headers: distinct(headers).length,
      queryParameters: 0,
    },
  };
}

/** A slash at the end of a prefix does not count. */
function pathTest({ type, value }: HttpRouteMatch['path']): PathTest {
  switch (type) {
    case 'Exact':
      return { kind: 'exact', value, ignoreCase: false };
    case 'RegularExpression':
      return { kind: 'regex', value, ignoreCase: false };
    case 'PathPrefix':
      return { kind: 'segment-prefix', value: withoutSlash(value), ignoreCase: false };
  }
}

function withoutSlash(prefix: string): string {
  return prefix !== '/' && prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}

/** Istio cuts the slash at the end of `/service/` off, and Envoy matches whole segments again. */
function grpcPathTest({ type, service, method }: NonNullable<GrpcRouteMatch['method']>): PathTest {
  const ignoreCase = false;
  if (service === undefined) return { kind: 'regex', value: `/[^/]+/${method ?? ''}`, ignoreCase };
  if (type === 'RegularExpression')
    return { kind: 'regex', value: `/${service}/${method ?? '.+'}`, ignoreCase };
  return method === undefined
    ? { kind: 'segment-prefix', value: `/${service}/`, ignoreCase }
    : { kind: 'exact', value: `/${service}/${method}`, ignoreCase };
}

function ofPath(test: PathTest | undefined): Pick<Precedence, 'isConditional' | 'path' | 'length'> {
  if (test === undefined) return { isConditional: true, path: -1, length: 0 };
  const path = ({ exact: 3, 'segment-prefix': 2, regex: 1 } as const)[test.kind];
  return { isConditional: true, path, length: Buffer.byteLength(test.value) };
}

/** Of one name in the same letters the last counts; in other letters it is another (recorded: `httproute-duplicate-names`). */
function distinct(matches: readonly NamedMatch[]): Array<[index: number, match: NamedMatch]> {
  const last = new Map(matches.map((match, index) => [match.name, index]));
  return [...matches.entries()].filter(([index, { name }]) => last.get(name) === index);
}

function named(
  matches: readonly NamedMatch[],
  field: string,
  origin: Origin,
  subject: (name: string) => Subject,
): Requirement[] {
  return distinct(matches).map(([index, { type, name, value }]) =>
    requirement(
      subject(name),
      testOf({ kind: type === 'Exact' ? 'exact' : 'regex', value }),
      origin,
      `${field}[${index}]`,
    ),
  );
}

function requirement(subject: Subject, test: Test, origin: Origin, field: string): Requirement {
  return { subject, test, absent: false, origin, field };
}

function exactly(value: string): Test {
  return { kind: 'exact', value, ignoreCase: false };
}
