import { analysis, brief, destinationRuleOf, serviceEntryOf, virtualServiceOf } from '../../test/issues.js';

const entry = (host: string, port: string, more = '') =>
  serviceEntryOf(`hosts: [${host}]\nports: [${port}]\n${more}`, host.replaceAll('.', '-'));
const inside =
  'location: MESH_INTERNAL\nresolution: STATIC\nendpoints: [{address: 10.0.0.1, labels: {v: a}}, {address: 10.0.0.2, labels: {v: b}}]';
const http = '{number: 80, name: http, protocol: HTTP}';
const registry = [
  entry('front.ext', http, inside),
  entry('back.ext', `${http}, {number: 443, name: tls, protocol: HTTPS}`, inside),
  entry('outside.ext', http, 'resolution: DNS'),
];
const front = (...rules: string[]) =>
  virtualServiceOf(`hosts: [front.ext]\nhttp:\n${rules.map((rule) => `- ${rule}`).join('\n')}`);
const issuesOf = (...documents: string[]) => analysis([...registry, ...documents].join('\n---\n'));
const findings = (...documents: string[]) => issuesOf(...documents).map(brief);
const back = 'route: [{destination: {host: back.ext}}]';
const rest = `{${back}}`;
const byPath = (match: string, more = '') => front(`{match: [{uri: {${match}}}], ${more}${back}}`, rest);
const uri = 'spec.http[0].match[0].uri';

describe('a path that no request has', () => {
  it.each([
    ['exact: "/a?b=c"', 'queryParams'],
    ['prefix: a', 'write "/a"'],
    ['exact: a/b', 'write "/a/b"'],
    ['prefix: "/a.*"', 'regular expression'],
    ['exact: "/(a|b)"', 'regular expression'],
    ['regex: ".*user=test.*"', 'queryParams'],
    ['regex: "/a\\\\?b"', 'queryParams'],
    ['regex: "a/.*"', 'write "/a/.*"'],
    ['prefix: "/a#b"', 'fragment'],
  ])('%s', (match, words) => {
    const [issue, ...more] = issuesOf(byPath(match));
    expect([issue?.code, issue?.path, more]).toEqual(['path-never-matches', uri, []]);
    expect(issue?.message).toContain(words);
  });

  it.each([
    'exact: /a',
    'prefix: /',
    'prefix: ""',
    'regex: "/a(/.*)?"',
    'regex: ".*"',
    'regex: "^/a$"',
    'regex: "(?i)/a"',
    'regex: "[/]a"',
    'regex: "\\\\/a"',
  ])('is not %s', (match) => {
    expect(findings(byPath(match)).filter((found) => found.includes('path-never'))).toEqual([]);
  });
});

describe('a rewrite that does not give the path that was meant', () => {
  it.each([
    ['prefix: /a', 'uri: /', '"/a/a" becomes "//a"'],
    ['prefix: /a/', 'uri: /b', '"/a/a" becomes "/ba"'],
    ['prefix: /', 'uri: /b', '"/a" becomes "/ba"'],
    ['prefix: /a/', 'uriRegexRewrite: {match: "^/a/(.*)$", rewrite: "/$1"}', 'is \\1 here'],
    ['prefix: /a/', 'uri: "/$1"', "rewrite: '/\\1' }"],
    ['regex: "/a/(.*)"', 'uri: "/x/\\\\1"', "match: '/a/(.*)', rewrite: '/x/\\1' }"],
    ['regex: "/a(/.*)?"', 'uri: /b', 'becomes "/b" as a whole'],
  ])('%s, %s', (match, rewrite, words) => {
    const issue = issuesOf(byPath(match, `rewrite: {${rewrite}}, `)).find(
      ({ code }) => code === 'rewrite-not-as-meant',
    );
    expect(issue?.message).toContain(words);
  });

  it.each([
    ['prefix: /a/', 'uri: /'],
    ['prefix: /a', 'uri: /b'],
    ['prefix: /', 'uri: /b/'],
    ['exact: /a', 'uri: /b/'],
    ['regex: "/a|/b"', 'uri: /b'],
    ['regex: "/app/.*"', 'uri: /index.html'],
    ['prefix: /a/', 'uriRegexRewrite: {match: "^/a/(.*)$", rewrite: "/\\\\1"}'],
  ])('is not %s, %s', (match, rewrite) => {
    const found = findings(byPath(match, `rewrite: {${rewrite}}, `));
    expect(found.filter((one) => one.includes('rewrite'))).toEqual([]);
  });
});

describe('a destination that does not get what the rule seems to say', () => {
  it('has a hash and a weight', () => {
    const sticky = destinationRuleOf(
      'host: back.ext\ntrafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: user}}}\nsubsets: [{name: a, labels: {v: a}}, {name: b, labels: {v: b}}]',
    );
    const split = front(
      '{route: [{destination: {host: back.ext, subset: a}, weight: 1}, {destination: {host: back.ext, subset: b}, weight: 1}]}',
    );
    expect(findings(sticky, split)).toEqual(['warning split-not-sticky spec.http[0].route[0].destination']);
    expect(findings(sticky, front('{route: [{destination: {host: back.ext, subset: a}}]}'))).toEqual([]);
  });

  it('expects TLS', () => {
    const toTls = front('{route: [{destination: {host: back.ext, port: {number: 443}}}]}');
    const originate = destinationRuleOf('host: back.ext\ntrafficPolicy: {tls: {mode: SIMPLE}}');
    expect(findings(toTls)).toEqual([
      'warning plain-text-to-tls-port spec.http[0].route[0].destination.port',
    ]);
    expect(findings(toTls, originate)).toEqual([
      'warning certificate-for-other-host spec.http[0].route[0].destination',
    ]);
  });

  it('is outside and serves its own name', () => {
    const toOutside = (more = '') => front(`{${more}route: [{destination: {host: outside.ext}}]}`);
    expect(findings(toOutside())).toEqual([
      'warning outside-gets-foreign-host spec.http[0].route[0].destination',
    ]);
    expect(findings(toOutside('rewrite: {authority: outside.ext}, '))).toEqual([]);
  });

  it('has rules of its own', () => {
    const own = virtualServiceOf(`hosts: [back.ext]\nhttp: [{directResponse: {status: 200}}]`, 'own');
    expect(findings(front(rest), own)).toEqual([
      'info destination-rules-not-applied spec.http[0].route[0].destination',
    ]);
  });

  it('is a mirror that leads nowhere', () => {
    const [issue] = issuesOf(front(`{${back}, mirror: {host: gone.ext}}`));
    expect(issue?.message).toMatch(/gone\.ext; the copies are lost\./);
  });

  it('has no ports at all', () => {
    const [issue] = issuesOf(
      serviceEntryOf('hosts: [bare.ext]\nresolution: DNS', 'bare'),
      front('{route: [{destination: {host: bare.ext, port: {number: 80}}}]}'),
    );
    expect(issue?.message).toBe(
      'bare.ext has no ports: requests get 503. Write its ports where it is registered.',
    );
  });
});

describe('rules that leave requests over', () => {
  it.each([
    [
      'by a header',
      front(`{match: [{headers: {a: {exact: b}}}], ${back}}`),
      ['warning requests-left-over spec.http'],
    ],
    ['by the path', byPath('exact: /a').replace(`\n  - ${rest}`, ''), ['info requests-left-over spec.http']],
    ['but not with a last rule', byPath('exact: /a'), []],
    [
      'but not with a condition and its opposite',
      front(
        `{match: [{headers: {a: {exact: b}}}], ${back}}`,
        `{match: [{withoutHeaders: {a: {exact: b}}}], ${back}}`,
      ),
      [],
    ],
  ])('%s', (_how, document, found) => {
    expect(findings(document)).toEqual(found);
  });
});

describe('a timeout of each try', () => {
  const timeouts = (timeout: string, perTryTimeout: string, attempts = 3) =>
    findings(
      front(
        `{timeout: ${timeout}, retries: {attempts: ${attempts}, perTryTimeout: ${perTryTimeout}}, ${back}}`,
      ),
    );
  it.each([
    ['2s', '10s'],
    ['2s', '2s'],
  ])('%s of the whole leaves no room for %s', (whole, each) => {
    expect(timeouts(whole, each)).toEqual([
      'warning try-timeout-without-effect spec.http[0].retries.perTryTimeout',
    ]);
  });

  it('has an effect where it is shorter, or the whole has none', () => {
    expect(timeouts('2s', '500ms')).toEqual([]);
    expect(findings(front(`{retries: {attempts: 3, perTryTimeout: 5s}, ${back}}`))).toEqual([]);
  });
});

describe('a star of CORS with credentials', () => {
  const cors = (policy: string) => findings(front(`{corsPolicy: {${policy}}, ${back}}`));
  it.each([
    ['allowCredentials: true, exposeHeaders: ["*"]', 'exposeHeaders[0]'],
    ['allowCredentials: true, allowHeaders: [a, "*"]', 'allowHeaders[1]'],
    ['allowCredentials: true, allowMethods: [GET, "*"]', 'allowMethods[1]'],
  ])('%s', (policy, field) => {
    expect(cors(policy)).toEqual([`warning cors-star-with-credentials spec.http[0].corsPolicy.${field}`]);
  });

  it.each([
    'exposeHeaders: ["*"]',
    'allowCredentials: true, allowHeaders: ["*"], allowMethods: ["*"], exposeHeaders: [a]',
  ])('is not %s', (policy) => {
    expect(cors(policy)).toEqual([]);
  });
});

it('retries do not apply to injected failures', () => {
  const rule = `{fault: {abort: {httpStatus: 503, percentage: {value: 50}}}, retries: {attempts: 3}, ${back}}`;
  expect(findings(front(rule))).toEqual(['warning fault-not-retried spec.http[0].retries']);
});

it('a rule of a delegate that conflicts with the root does not exist', () => {
  const root = front('{match: [{uri: {regex: "/a/.*"}}], delegate: {name: leaf}}', rest);
  const leaf = (match: string) => virtualServiceOf(`http: [{match: [{uri: {${match}}}], ${back}}]`, 'leaf');
  expect(findings(root, leaf('regex: "/a/x.*"'))).toEqual([
    'warning delegate-rule-lost spec.http[0].delegate',
  ]);
  const prefixes = front('{match: [{uri: {prefix: /a/}}], delegate: {name: leaf}}', rest);
  expect(findings(prefixes, leaf('prefix: /a/x'))).toEqual([]);
});

it('a destination without a port is fine where nobody dials another port', () => {
  const reviews = entry('reviews.ext', '{number: 9080, name: http, protocol: HTTP}', inside);
  const rule = virtualServiceOf(
    'hosts: [reviews.ext]\nhttp: [{route: [{destination: {host: reviews.ext}}]}]',
    'reviews',
  );
  expect(findings(reviews, rule)).toEqual([]);
});

it('a host whose rules are for other ports is served', () => {
  const rule = virtualServiceOf(`hosts: [front.ext]\nhttp: [{match: [{port: 8443}], ${back}}]`);
  const [issue] = issuesOf(rule);
  expect(issue?.message).toMatch(/^front\.ext is served on port 80, but its rules ask for other ports/);
});
