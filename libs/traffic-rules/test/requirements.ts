import fc from 'fast-check';
import { toBytes } from '../src/bytes.js';
import type { Listener } from '../src/match/subject-definition.js';
import type { Requirement, Subject, Test } from '../src/model/requirement.js';
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
    value: fc.constantFrom('.*', '/a.*', '[^b]*', '(', 'a|b'),
    ignoreCase: fc.constant(false),
  }),
  fc.constant({ kind: 'present' as const }),
  fc.record({ kind: fc.constant('one-of' as const), values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
);
export const ofRequest: fc.Arbitrary<Subject> = fc.constantFrom<Subject>(
  { kind: 'path' },
  { kind: 'method' },
  { kind: 'authority' },
  { kind: 'scheme' },
  { kind: 'header', name: 'user' },
  { kind: 'header', name: 'x-request-id' },
  { kind: 'query-parameter', name: 'q' },
);
const ofListener: fc.Arbitrary<Subject> = fc.constantFrom<Subject>(
  { kind: 'port' },
  { kind: 'gateway' },
  { kind: 'source-label', name: 'app' },
  { kind: 'source-namespace' },
);
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
