import { readFileSync } from 'node:fs';
import { brief, findings, virtualServiceOf } from '../../test/issues.js';
import { parse } from './parse.js';

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n';
const kindsOf = (text: string) => parse(text, 'a.yaml').resources.map(({ kind }) => kind);
const to = 'route: [{destination: {host: a}}]';
const rule = (text: string) =>
  virtualServiceOf(`hosts: [a.com]\nhttp: [{${text}${text === '' ? '' : ', '}${to}}]`);

describe('the documents of a text', () => {
  it('are split, empty ones and comments left out', () => {
    expect(kindsOf(`# first\n---\n${service}---\n# nothing\n---\n\n--- # third\n${service}...\n`)).toEqual([
      'Service',
      'Service',
    ]);
  });

  it.each([
    ['CRLF', `${service}---\n${service}`.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${service}---\n${service}`],
    [
      'a List',
      `apiVersion: v1\nkind: List\nitems:\n- ${service.replaceAll('\n', '\n  ')}\n- ${service.replaceAll('\n', '\n  ')}\n`,
    ],
    [
      'JSON',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [1, 2].map(() => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })),
      }),
    ],
    [
      'JSON with tabs',
      JSON.stringify(
        {
          apiVersion: 'v1',
          kind: 'List',
          items: [1, 2].map(() => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })),
        },
        undefined,
        '\t',
      ),
    ],
  ])('are read with %s', (_what, text) => {
    expect({ kinds: kindsOf(text), issues: parse(text, 'a').issues }).toEqual({
      kinds: ['Service', 'Service'],
      issues: [],
    });
  });

  it('of other kinds are named once and passed over', () => {
    const text =
      'apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: a}\nspec: {anything: [1]}\n';
    expect(parse(text, 'a.yaml')).toMatchObject({
      resources: [],
      issues: [{ code: 'kind-ignored', severity: 'info' }],
    });
  });

  it.each([
    [
      'networking.istio.io/v1',
      'VirtualServce',
      'kind: VirtualService and apiVersion: networking.istio.io/v1?',
    ],
    [
      'networking.istio.io/v1beta1',
      'virtualservice',
      'kind: VirtualService and apiVersion: networking.istio.io/v1?',
    ],
    [
      'networking.istio/v1',
      'DestinationRule',
      'kind: DestinationRule and apiVersion: networking.istio.io/v1?',
    ],
    ['v1', 'ServiceEntry', 'kind: ServiceEntry and apiVersion: networking.istio.io/v1?'],
    [
      'gateway.networking.k8s.io/v1',
      'HttpRoutes',
      'kind: HTTPRoute and apiVersion: gateway.networking.k8s.io/v1?',
    ],
  ])('%s %s is a slip, and told as one', (apiVersion, kind, meant) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: {}\n`;
    expect(parse(text, 'a.yaml').issues).toMatchObject([
      {
        code: 'kind-ignored',
        severity: 'warning',
        message: `there is no ${kind} (${apiVersion}), so the document is ignored. Did you mean ${meant}`,
      },
    ]);
  });

  it.each([
    ['serving.knative.dev/v1', 'Service'],
    ['gateway.networking.k8s.io/v1', 'GatewayClass'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['gateway.networking.x-k8s.io/v1alpha1', 'XListenerSet'],
    ['v1', 'Secret'],
  ])('%s %s may be meant', (apiVersion, kind) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
    expect(parse(text, 'a.yaml').issues).toMatchObject([{ code: 'kind-ignored', severity: 'info' }]);
  });

  it('do not suffer from a broken neighbour', () => {
    const { resources, issues } = parse(`${service}---\na: [\n---\n${service}`, 'a.yaml');
    expect(resources).toHaveLength(2);
    expect(issues).toMatchObject([{ code: 'yaml-syntax', severity: 'error', file: 'a.yaml' }]);
  });

  it('that the fixture of the recordings has are all read', () => {
    const text = readFileSync(new URL('../../../../conformance/fixture.yaml', import.meta.url), 'utf8');
    const { resources, issues } = parse(text, 'fixture.yaml');
    expect({ resources: resources.length, issues }).toEqual({ resources: 13, issues: [] });
  });
});

describe('a value', () => {
  it.each([
    [
      'yes is a boolean',
      rule('match: [{headers: {a: {exact: yes}}}]'),
      'error field-wrong-type spec.http[0].match[0].headers.a.exact',
    ],
    ['on is a boolean', rule('name: on'), 'error field-wrong-type spec.http[0].name'],
    ['n is a boolean', rule('name: n'), 'error field-wrong-type spec.http[0].name'],
    ['1.10 is a number', rule('name: 1.10'), 'error field-wrong-type spec.http[0].name'],
    [
      'an empty text is not a number',
      rule('fault: {abort: {httpStatus: 503, percentage: {value: ""}}}'),
      'error field-wrong-type spec.http[0].fault.abort.percentage.value',
    ],
    [
      'a word is not a number',
      rule('fault: {abort: {httpStatus: 503, percentage: {value: most}}}'),
      'error field-wrong-type spec.http[0].fault.abort.percentage.value',
    ],
    ['a text may be a number', rule('fault: {abort: {httpStatus: 503, percentage: {value: "1e1"}}}')],
    [
      'a number is not bytes',
      virtualServiceOf('hosts: [a.com]\nhttp: [{directResponse: {status: 200, body: {bytes: 12}}}]'),
      'error field-wrong-type spec.http[0].directResponse.body.bytes',
    ],
    [
      'three letters are not bytes',
      virtualServiceOf('hosts: [a.com]\nhttp: [{directResponse: {status: 200, body: {bytes: abc}}}]'),
      'error field-wrong-type spec.http[0].directResponse.body.bytes',
    ],
    ['a date is a text', rule('name: 2026-11-23')],
    ['a time is a text', rule('name: "10:30"').replace('"10:30"', '10:30')],
    ['a key that is a boolean is its text', rule('match: [{headers: {y: {exact: a}}}]')],
    ['a text of digits is a number', rule('match: [{port: "80"}]')],
    [
      'half a weight is none',
      virtualServiceOf(`hosts: [a.com]\nhttp: [{route: [{destination: {host: a}, weight: 50.5}]}]`),
      'error field-wrong-type spec.http[0].route[0].weight',
    ],
    [
      'a word is not a weight',
      virtualServiceOf(`hosts: [a.com]\nhttp: [{route: [{destination: {host: a}, weight: ninety}]}]`),
      'error field-wrong-type spec.http[0].route[0].weight',
    ],
    ['null is as if not written', rule('timeout: null, match: null, retries: ~')],
    ['a duration has a unit', rule('timeout: "5"'), 'error duration-syntax spec.http[0].timeout'],
    ['a duration may have several', rule('timeout: 1h1m1.5s')],
    [
      'snake_case is accepted as Istio does',
      virtualServiceOf(`hosts: [a.com]\nexport_to: ["*"]\nhttp: [{${to}}]`),
    ],
    ['a field that Istio had once is passed over', rule('websocketUpgrade: true, websocket_upgrade: false')],
    [
      'a field in another letter case is unknown',
      virtualServiceOf(`Hosts: [a.com]\nhttp: [{${to}}]`),
      'error field-unknown spec.Hosts',
    ],
    [
      'a list is not an object',
      virtualServiceOf('hosts: [a.com]\nhttp: {}'),
      'error field-wrong-type spec.http',
    ],
    ['a version has to exist', rule('').replace('/v1', '/v2'), 'error api-version-unknown apiVersion'],
    ['a field beside spec is unknown', `${rule('')}\nhosts: [b.com]`, 'error field-unknown hosts'],
    ['a key stands once', 'kind: a\nkind: b', 'error yaml-duplicate-key'],
    ['a document is an object', '- a', 'error document-not-a-resource'],
    ['a document has a kind', 'a: b', 'error document-not-a-resource'],
    ['an empty kind is none', rule('').replace('VirtualService', '""'), 'error document-not-a-resource'],
    [
      'an empty version is none',
      rule('').replace(/apiVersion: .*/, 'apiVersion: ""'),
      'error document-not-a-resource',
    ],
    ['a tab is not an indentation', 'a:\n\tb: c', 'error yaml-syntax'],
    ['NUL is not text', 'a: \0', 'error yaml-syntax'],
  ])('%s', (_when, text, ...found) => {
    expect(findings(text)).toEqual(found);
  });
});

describe('an issue', () => {
  it('names line and column of the field, from 1', () => {
    const text = `${service}---\n${virtualServiceOf('hosts: [a.com]\nhttp:\n- route:\n  - destination: {host: a}\n    weight: ninety')}`;
    expect(parse(text, 'rules.yaml').issues).toEqual([
      {
        code: 'field-wrong-type',
        severity: 'error',
        file: 'rules.yaml',
        line: 14,
        column: 7,
        resource: 'VirtualService hello-page/rules',
        path: 'spec.http[0].route[0].weight',
        message: 'weight is "ninety"; write a whole number, for instance weight: 90.',
      },
    ]);
  });

  it('offers the field that was meant', () => {
    const [issue] = parse(rule('retry: {}'), 'a').issues;
    expect(issue?.message).toBe('there is no field "retry" here; did you mean "retries"?');
  });

  it('is found for every error of a document', () => {
    const text = virtualServiceOf('host: [a.com]\nhttp: [{timeout: 5, route: [{destination: {host: 1}}]}]');
    expect(parse(text, 'a').issues.map(brief)).toEqual([
      'error field-unknown spec.host',
      'error field-wrong-type spec.http[0].timeout',
      'error field-wrong-type spec.http[0].route[0].destination.host',
    ]);
  });
});

describe('the place of a field', () => {
  const text = virtualServiceOf(
    'hosts: &hosts [a.com, "b.com"]\nexportTo: *hosts\nhttp:\n- headers:\n    request:\n      set: {"x.y": a}',
  );
  const [resource] = parse(`${text}\n  - ${to}\n`, 'a').resources;

  it.each([
    ['spec', 4, 1],
    ['spec.hosts[1]', 5, 25],
    ['spec.exportTo[1]', 5, 25],
    ['spec.http[0].headers.request.set["x.y"]', 10, 15],
    ['spec.http[0].headers.response.set', 8, 5],
    ['spec.tcp', 4, 1],
    ['no such field', 1, 1],
  ])('%s is in line %i, column %i', (path, line, column) => {
    expect(resource?.source.locate(path)).toEqual({ file: 'a', line, column });
  });
});

describe('a hostile text', () => {
  const bomb = [
    'a: &a [1]',
    ...'bcdefghij'
      .split('')
      .map((name, index) => `${name}: &${name} [${`*${'abcdefghi'[index]},`.repeat(100)}]`),
  ];

  it.each([
    ['brackets without end', '['.repeat(1_000_000), 'yaml-too-deep'],
    ['braces in braces', '{a: '.repeat(100_000), 'yaml-too-deep'],
    ['lists in lists', `${'- '.repeat(100_000)}a`, 'yaml-too-deep'],
    ['aliases of aliases', bomb.join('\n'), 'document-not-a-resource'],
    ['a text of 10 MB', 'a'.repeat(10_000_000), 'document-not-a-resource'],
    [
      'a megabyte of fields',
      Array.from({ length: 100_000 }, (_, at) => `k${at}: 1`).join('\n'),
      'document-not-a-resource',
    ],
  ])('%s is an issue', (_what, text, code) => {
    expect(parse(text, 'a').issues).toMatchObject([{ code, severity: 'error' }]);
  });

  it('whose aliases multiply each other in a rule is given up', () => {
    const matches = `[${'{uri: {prefix: /a}},'.repeat(1000)}]`;
    const spec = `hosts: [a.com]\nhttp:\n- &rule {match: &match ${matches}, ${to}}\n${'- *rule\n'.repeat(3000)}`;
    expect(parse(virtualServiceOf(spec), 'a')).toMatchObject({
      resources: [],
      issues: [{ code: 'yaml-too-large' }],
    });
  });

  it.each(['#', '# x ', '%', '-', '\t', '###\n', '# \n'])(
    'that begins with a banner of %j is read at once',
    (stroke) => {
      const text = `${stroke.repeat(100_000)}\n${service}---\n${service}`;
      expect(kindsOf(text).at(-1)).toBe('Service');
    },
  );

  it.each(['name', 'namespace', 'labels: {a', 'annotations: {a'])(
    'may have an object as %s that calls itself toString',
    (field) => {
      const metadata = `{${field}: {toString: a}${field.includes('{') ? '}' : ''}}`;
      const { issues } = parse(`apiVersion: v1\nkind: Service\nmetadata: ${metadata}\n`, 'a.yaml');
      expect(issues).toContainEqual(expect.objectContaining({ code: 'field-wrong-type', line: 3 }));
    },
  );

  it('does not reach the prototype of objects', () => {
    const [resource] = parse(
      rule('match: [{headers: {__proto__: {exact: a}, constructor: {exact: b}}}]'),
      'a',
    ).resources;
    const match = resource?.kind === 'VirtualService' ? resource.spec.http[0]?.match[0] : undefined;
    expect(Object.keys(match?.headers ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(match?.headers)).toBe(Object.prototype);
  });
});
