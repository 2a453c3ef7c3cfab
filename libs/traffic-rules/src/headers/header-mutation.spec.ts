import { decide, rulesOf, to } from '../../test/mesh.js';
import type { HeaderContext } from './header-context.js';
import type { HeaderMutation } from './header-mutation.js';
import { applyHeaderMutations } from './header-mutation.js';
import { unknownCommands } from './header-value-format.js';

const request: HeaderContext['request'] = {
  method: 'GET',
  scheme: 'http',
  authority: 't.ext:8080',
  path: '/p?q',
  headers: ['User', 'tester', 'x', 'old', 'X', 'older'],
};
const context: HeaderContext = {
  request,
  downstreamAddress: '127.0.0.1:4711',
  upstreamHost: '10.0.0.1:80',
  upstreamCluster: 'outbound|80||h',
};

function requestMutations(http: string): readonly HeaderMutation[] {
  const decision = decide(rulesOf(`[{${http}}]`), '/');
  return decision.kind === 'forward' ? decision.requestHeaders : [];
}

const apply = (http: string, headers: readonly string[] = request.headers) =>
  applyHeaderMutations(headers, requestMutations(http), context);
const ofRule = (operations: string) => `headers: {request: {${operations}}}, ${to('one.ext')}`;

describe('header operations', () => {
  const both = (rule: string, destination: string, more = '') =>
    `headers: {request: {${rule}}}, route: [{destination: {host: one.ext}, weight: 1, headers: {request: {${destination}}}}${more}]`;
  const other = ', {destination: {host: two.ext}, weight: 1}';

  it.each([
    {
      id: '4.4',
      when: 'a value may refer to a query parameter',
      http: ofRule('set: {x: "v%QUERY_PARAM(q)%", y: "%QUERY_PARAM(absent)%"}'),
      expected: ['User', 'tester', 'x', 'v'],
    },
    {
      id: 'T46',
      when: 'set takes the place of all values',
      http: ofRule('set: {x: new}'),
      expected: ['User', 'tester', 'x', 'new'],
    },
    {
      id: 'T46',
      when: 'add keeps them',
      http: ofRule('add: {x: new}'),
      expected: ['User', 'tester', 'x', 'old', 'X', 'older', 'x', 'new'],
    },
    {
      id: 'T46',
      when: 'remove comes first',
      http: ofRule('remove: [x], set: {x: again}'),
      expected: ['User', 'tester', 'x', 'again'],
    },
    {
      id: 'T46',
      when: 'a destination’s set wins',
      http: both('set: {k: r}, remove: [x]', 'set: {k: d}'),
      expected: ['User', 'tester', 'k', 'd'],
    },
    {
      id: 'T46',
      when: 'adds of both stay, the rule’s first',
      http: both('add: {k: r}, remove: [x]', 'add: {k: d}'),
      expected: ['User', 'tester', 'k', 'r', 'k', 'd'],
    },
    {
      id: 'T46',
      when: 'beside other destinations the rule’s come last, and its set wins',
      http: both('set: {k: r}, add: {z: r}, remove: [x]', 'set: {k: d}, add: {z: d}', other),
      expected: ['User', 'tester', 'z', 'd', 'k', 'r', 'z', 'r'],
    },
    {
      id: 'T46',
      when: 'a rule’s set sees what a destination added',
      http: both('set: {k: "%REQ(z)%"}, remove: [x]', 'add: {z: d}', other),
      expected: ['User', 'tester', 'z', 'd', 'k', 'd'],
    },
    {
      id: '4.4',
      when: 'a Host among them is not a header',
      http: ofRule('set: {Host: h}'),
      expected: request.headers,
    },
    {
      id: '4.4',
      when: 'an empty value changes nothing',
      http: ofRule('set: {x: ""}'),
      expected: request.headers,
    },
    {
      id: '4.4',
      when: 'values are sent as UTF-8',
      http: ofRule('set: {x: 张}'),
      expected: ['User', 'tester', 'x', '\xe5\xbc\xa0'],
    },
  ])('$id $when', ({ http, expected }) => {
    expect(apply(http)).toEqual(expected);
  });

  it.each([
    { id: 'T47', value: '%REQ(user)%', expected: 'tester' },
    { id: 'T47', value: 'a%REQ(nope)%b', expected: 'ab' },
    { id: 'T47', value: '100%%', expected: '100%' },
    { id: '4.4', value: '%REQ(nope?user)%', expected: 'tester' },
    { id: '4.4', value: '%REQ(user):4%', expected: 'test' },
    { id: '4.4', value: '%REQ(:path)% %REQ(:method)% %REQ(:AUTHORITY)%', expected: '/p?q GET t.ext:8080' },
    { id: '4.4', value: '%PROTOCOL%', expected: 'HTTP/1.1' },
    { id: '4.4', value: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', expected: '127.0.0.1' },
    { id: '4.4', value: '%UPSTREAM_HOST% %UPSTREAM_CLUSTER%', expected: '10.0.0.1:80 outbound|80||h;' },
    { id: '4.4', value: '%RESPONSE_CODE% %RESPONSE_FLAGS%', expected: '0 -' },
    { id: '4.4', value: '%PATH(NQ)% %PATH(WQ:PATH)% %QUERY_PARAMS(ORIG)%', expected: '/p /p?q q' },
    { id: '4.4', value: '%REQ(x)%', expected: 'old' },
  ])('$id the value $value is $expected', ({ value, expected }) => {
    const headers = apply(ofRule(`set: {k: "${value}"}`));
    expect(headers[headers.indexOf('k') + 1]).toBe(expected);
  });

  it('T47 a value that is only an empty command makes no header', () => {
    expect(apply(ofRule('set: {k: "%REQ(nope)%"}'))).toEqual(request.headers);
  });

  it('a response’s values refer to the response', () => {
    const mutations: HeaderMutation[] = [
      {
        kind: 'add',
        name: 'k',
        value: [{ command: 'RESPONSE_CODE', argument: '' }, ' ', { command: 'RESP', argument: 'server' }],
      },
    ];
    const response = { status: 418, headers: ['server', 'envoy'] };
    expect(applyHeaderMutations(response.headers, mutations, { ...context, response })).toEqual([
      'server',
      'envoy',
      'k',
      '418 envoy',
    ]);
  });

  it('values refer to the headers as they were before the sets beside them', () => {
    expect(apply(ofRule('set: {a: "1", b: "%REQ(a)%"}'), ['a', '0'])).toEqual(['a', '1', 'b', '0']);
  });

  it.each([
    { value: '%BOGUS%', unknown: ['BOGUS'] },
    { value: '%UNIQUE_ID% %QUERY_PARAM(v)%', unknown: [] },
    { value: '%REQ(x)%%PROTOCOL%', unknown: [] },
    { value: '100%% %constructor%', unknown: [] },
    { value: '%CONSTRUCTOR(x)%', unknown: ['CONSTRUCTOR'] },
  ])('T48 $value has the unknown commands $unknown', ({ value, unknown }) => {
    expect(unknownCommands(value)).toEqual(unknown);
  });
});
