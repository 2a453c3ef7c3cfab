import fc from 'fast-check';
import { toBytes } from '../src/bytes.js';
import { subjects } from '../src/match/subject.js';
import type { Listener } from '../src/match/subject-definition.js';
import type { Requirement, Subject, SubjectKind, Test } from '../src/model/requirement.js';
import type { RouteRequest } from '../src/request.js';

// Few values, so that requirements and requests meet.
const text = fc.constantFrom(
  '',
  '/',
  '/a',
  '/a/',
  '/a/b',
  '/ab',
  '/A',
  'a',
  'b',
  'GET',
  'http',
  '80',
  'mesh',
  '张',
);
const textTest: fc.Arbitrary<Test> = fc.record({
  kind: fc.constantFrom('exact' as const, 'prefix' as const, 'segment-prefix' as const),
  value: text,
  ignoreCase: fc.boolean(),
});
const test: fc.Arbitrary<Test> = fc.oneof(
  { weight: 5, arbitrary: textTest },
  fc.record({
    kind: fc.constant('regex' as const),
    value: fc.constantFrom('.*', '/a.*', '^/a/.+$', '/a/b?', '/.+', '[^b]*', '(', 'a|b'),
    ignoreCase: fc.constant(false),
  }),
  fc.constant({ kind: 'present' as const }),
  fc.record({ kind: fc.constant('one-of' as const), values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
);
/** Some of each kind; the type checker asks for those of a new one. */
const samples: { readonly [Kind in SubjectKind]: ReadonlyArray<Subject & { kind: Kind }> } = {
  path: [{ kind: 'path' }],
  method: [{ kind: 'method' }],
  authority: [{ kind: 'authority' }],
  scheme: [{ kind: 'scheme' }],
  header: [
    { kind: 'header', name: 'user' },
    { kind: 'header', name: 'x-request-id' },
  ],
  'query-parameter': [{ kind: 'query-parameter', name: 'q' }],
  port: [{ kind: 'port' }],
  gateway: [{ kind: 'gateway' }],
  'source-label': [{ kind: 'source-label', name: 'app' }],
  'source-namespace': [{ kind: 'source-namespace' }],
};
function samplesOf(of: 'request' | 'listener'): fc.Arbitrary<Subject> {
  const own = Object.values<readonly Subject[]>(samples).flat();
  return fc.constantFrom(...own.filter(({ kind }) => subjects[kind].of === of));
}
export const ofRequest = samplesOf('request');
const ofListener = samplesOf('listener');
export const document = {
  kind: 'VirtualService',
  metadata: { name: 'v', namespace: 'n' },
  source: {} as never,
};
export const requirementOf = (subject: fc.Arbitrary<Subject>): fc.Arbitrary<Requirement> =>
  fc.record({
    subject,
    test,
    absent: fc.boolean(),
    origin: fc.constant({ document, path: 'spec' }),
    field: fc.constant('field'),
  });
export const requirement = requirementOf(fc.oneof({ weight: 4, arbitrary: ofRequest }, ofListener));
const bytes = text.map(toBytes);
export const request: fc.Arbitrary<RouteRequest> = fc.record({
  method: bytes,
  scheme: fc.constantFrom('http' as const, 'https' as const),
  authority: bytes,
  port: fc.constantFrom(80, 8080),
  path: fc
    .tuple(bytes, fc.option(bytes))
    .map(([path, query]) => `/${path.replace(/^\//, '')}${query === null ? '' : `?q=${query}`}`),
  headers: fc
    .array(fc.tuple(fc.constantFrom('user', 'User', 'X-Request-Id'), bytes), { maxLength: 3 })
    .map((fields) => fields.flat()),
});
export const listener: fc.Arbitrary<Listener> = fc.record({
  port: fc.constantFrom(80, 8080),
  gateway: fc.constantFrom('mesh', 'istio-system/gw'),
  workload: fc.record({
    namespace: text,
    labels: fc.constantFrom({}, { app: 'a' }, { app: '' }),
    outboundTrafficPolicy: fc.constant('ALLOW_ANY' as const),
  }),
});
