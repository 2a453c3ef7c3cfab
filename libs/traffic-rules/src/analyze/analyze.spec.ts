import { analysis, brief, destinationRuleOf, serviceEntryOf, virtualServiceOf } from '../../test/issues.js';
import { workload } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import { parse } from '../parse/parse.js';
import { type AnalyzeOptions, analyze, analyzeInSteps } from './analyze.js';

/** hello.com on port 80, a.ext on 8080 outside of the mesh, b.ext on 8080 inside of it. */
const registry = [
  serviceEntryOf(
    'hosts: [hello.com]\nports: [{number: 80, name: http, protocol: HTTP}]\nresolution: STATIC',
    'hello-com',
  ),
  serviceEntryOf(
    'hosts: [a.ext]\nports: [{number: 8080, name: http, protocol: HTTP}]\nresolution: STATIC\nendpoints: [{address: 10.0.0.1, labels: {version: v1}}]',
    'a',
  ),
  serviceEntryOf(
    'hosts: [b.ext]\nlocation: MESH_INTERNAL\nports: [{number: 8080, name: http, protocol: HTTP}]\nresolution: STATIC\nendpoints: [{address: 10.0.0.2}]',
    'b',
  ),
];
const together = (...documents: string[]) => [...registry, ...documents].join('\n---\n');
const hello = (http: string, name?: string) => virtualServiceOf(`hosts: [hello.com]\nhttp:\n${http}`, name);
const a = 'route: [{destination: {host: a.ext, port: {number: 8080}}}]';
const single = (destination: string) => hello(`- route: [{destination: ${destination}}]`);
const matching = (...matches: string[]) =>
  hello(matches.map((match) => `- {match: [${match}], ${a}}`).join('\n'));

type Row = [when: string, text: string, ...found: string[]];

const rows: Row[] = [
  ['a rule whose destination exists', together(single('{host: a.ext, port: {number: 8080}}'))],
  [
    'a destination without a port',
    together(single('{host: a.ext}')),
    'warning destination-port-missing spec.http[0].route[0].destination',
  ],
  [
    'a destination with a wrong port',
    together(single('{host: a.ext, port: {number: 80}}')),
    'warning destination-unknown-port spec.http[0].route[0].destination',
  ],
  [
    'an unknown destination',
    together(single('{host: c.ext, port: {number: 80}}')),
    'warning destination-unknown-host spec.http[0].route[0].destination.host',
  ],
  [
    'a destination in another letter case',
    together(single('{host: A.ext, port: {number: 8080}}')),
    'warning destination-unknown-host spec.http[0].route[0].destination.host',
  ],
  [
    'an unknown mirror',
    together(hello(`- ${a}\n  mirror: {host: c.ext}`)),
    'warning destination-unknown-host spec.http[0].mirror.host',
  ],
  [
    'an unknown subset',
    together(single('{host: a.ext, port: {number: 8080}, subset: v1}')),
    'warning destination-unknown-subset spec.http[0].route[0].destination.subset',
  ],
  [
    'a subset that is there',
    together(
      single('{host: a.ext, port: {number: 8080}, subset: v1}'),
      destinationRuleOf('host: a.ext\nsubsets: [{name: v1, labels: {version: v1}}]'),
    ),
  ],
  [
    'a subset of no endpoint',
    together(
      single('{host: a.ext, port: {number: 8080}, subset: v2}'),
      destinationRuleOf('host: a.ext\nsubsets: [{name: v2, labels: {version: v2}}]'),
    ),
    'warning destination-no-endpoints spec.http[0].route[0].destination',
    'warning subset-without-workload spec.subsets[0].labels',
  ],
  [
    'a destination with no endpoints',
    together(single('{host: hello.com}')),
    'warning destination-no-endpoints spec.http[0].route[0].destination',
  ],
  [
    'a destination that gets nothing',
    together(
      hello(
        '- route: [{destination: {host: a.ext, port: {number: 8080}}, weight: 1}, {destination: {host: c.ext}, weight: 0}]',
      ),
    ),
  ],
  [
    'a split into the mesh and outside',
    together(
      hello(
        '- route: [{destination: {host: a.ext, port: {number: 8080}}, weight: 1}, {destination: {host: b.ext, port: {number: 8080}}, weight: 1}]',
      ),
    ),
    'warning split-mixes-hosts spec.http[0].route[0].destination',
  ],
  [
    'the same with a Host of its own',
    together(
      hello(
        '- route: [{destination: {host: a.ext, port: {number: 8080}}, weight: 1, headers: {request: {set: {Host: a.ext}}}}, {destination: {host: b.ext, port: {number: 8080}}, weight: 1}]',
      ),
    ),
  ],
  [
    'two VirtualServices of one host',
    together(hello(`- ${a}`, 'first'), hello(`- ${a}`, 'second')),
    'warning host-taken spec.hosts[0]',
  ],
  [
    'two VirtualServices, one of them for gateways',
    together(
      hello(`- ${a}`, 'first'),
      virtualServiceOf(`hosts: [hello.com]\ngateways: [a/b]\nhttp: [{${a}}]`, 'second'),
    ),
  ],
  [
    'a host of no service, beside one with port 80',
    together(virtualServiceOf(`hosts: [other.com]\nhttp: [{${a}}]`)),
    'info host-not-registered spec.hosts[0]',
  ],
  [
    'a host of no service, and no port 80',
    [registry[1], virtualServiceOf(`hosts: [other.com]\nhttp: [{${a}}]`)].join('\n---\n'),
    'warning host-not-served spec.hosts[0]',
  ],
  ['a wildcard over services', together(virtualServiceOf(`hosts: ["*.ext"]\nhttp: [{${a}}]`))],
  [
    'a header value behind its prefix',
    together(matching('{headers: {user: {prefix: t}}}', '{headers: {user: {exact: test}}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a header value behind its expression',
    together(matching('{headers: {user: {regex: "t.*"}}}', '{headers: {User: {exact: test}}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a header value behind presence',
    together(matching('{headers: {user: {}}}', '{headers: {user: {exact: ""}}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'presence behind a value',
    together(matching('{headers: {user: {exact: test}}}', '{headers: {user: {}}}')),
  ],
  [
    'a path behind its prefix',
    together(matching('{uri: {prefix: /a}}', '{uri: {exact: /a/b}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a path in any case behind its prefix',
    together(matching('{uri: {prefix: /a}}', '{uri: {exact: /a/b}, ignoreUriCase: true}')),
  ],
  [
    'a path behind its prefix in any case',
    together(matching('{uri: {prefix: /A}, ignoreUriCase: true}', '{uri: {exact: /a/b}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a path behind its prefix and a header',
    together(matching('{uri: {prefix: /a}, headers: {user: {}}}', '{uri: {exact: /a/b}}')),
  ],
  [
    'absence behind absence',
    together(matching('{withoutHeaders: {user: {exact: test}}}', '{withoutHeaders: {user: {}}}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'absence behind more of it',
    together(matching('{withoutHeaders: {user: {}}}', '{withoutHeaders: {user: {exact: test}}}')),
  ],
  [
    'one of two matches',
    together(matching('{uri: {prefix: /a}}', '{uri: {exact: /a/b}}, {uri: {exact: /c}}')),
    'warning match-shadowed spec.http[1].match[0]',
  ],
  [
    'a path behind its prefix on another port',
    together(matching('{uri: {prefix: /a}, port: 80}', '{uri: {exact: /a/b}, port: 8080}')),
  ],
  [
    'a path on any port behind its prefix on one',
    together(matching('{uri: {prefix: /a}, port: 80}', '{uri: {exact: /a/b}}')),
  ],
  [
    'a path on a port behind its prefix there',
    together(matching('{uri: {prefix: /a}, port: 80}', '{uri: {exact: /a/b}, port: 80}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a path on a port behind its prefix on any',
    together(matching('{uri: {prefix: /a}}', '{uri: {exact: /a/b}, port: 80}')),
    'warning rule-shadowed spec.http[1]',
  ],
  [
    'a rule behind an empty match',
    together(hello(`- {match: [{}], ${a}}\n- ${a}`)),
    'warning rule-shadowed spec.http[1]',
  ],
  ['what validation tells already', together(hello(`- ${a}\n- ${a}`))],
  [
    'a match for other clients',
    together(matching('{uri: {prefix: /a}, sourceLabels: {app: other}}', '{uri: {exact: /a/b}}')),
  ],
  [
    'a single destination with a weight',
    together(hello('- route: [{destination: {host: a.ext, port: {number: 8080}}, weight: 10}]')),
    'warning weight-without-effect spec.http[0].route[0].weight',
  ],
  [
    'a weight left out beside another',
    together(
      hello(
        '- route: [{destination: {host: a.ext, port: {number: 8080}}, weight: 10}, {destination: {host: a.ext, port: {number: 8080}}}]',
      ),
    ),
    'warning weight-without-effect spec.http[0].route[1]',
  ],
  [
    'a fault without a percentage',
    together(hello(`- ${a}\n  fault: {abort: {httpStatus: 503}}`)),
    'warning fault-never-fires spec.http[0].fault.abort',
  ],
  [
    'a missing delegate',
    together(hello('- {delegate: {name: nobody}}')),
    'warning delegate-missing spec.http[0].delegate',
  ],
  [
    'a delegate with hosts',
    together(
      hello(`- {match: [{uri: {prefix: /a}}], delegate: {name: other}}\n- ${a}`),
      virtualServiceOf(`hosts: [b.ext]\nhttp: [{${a}}]`, 'other'),
    ),
    'warning delegate-missing spec.http[0].delegate',
  ],
  [
    'a delegate that is there',
    together(hello('- {delegate: {name: other}}'), virtualServiceOf(`http: [{${a}}]`, 'other')),
  ],
  [
    'a delegate that delegates to itself',
    together(hello('- {delegate: {name: rules}}')),
    'warning delegate-missing spec.http[0].delegate',
    'warning delegate-cycle spec.http[0].delegate',
  ],
  ['a delegate that nobody uses', together(virtualServiceOf(`http: [{${a}}]`)), 'warning delegate-unused'],
  [
    'a trap in a delegate',
    together(
      hello('- {delegate: {name: other}}'),
      virtualServiceOf('http: [{route: [{destination: {host: a.ext}}]}]', 'other'),
    ),
    'warning destination-port-missing spec.http[0].route[0].destination',
  ],
  [
    'a DestinationRule for nobody',
    together(destinationRuleOf('host: c.ext')),
    'warning destination-rule-unused spec.host',
  ],
  ['a DestinationRule for many', together(destinationRuleOf('host: "*.ext"'))],
  [
    'an entry that selects workloads',
    together(
      serviceEntryOf(
        'hosts: [d.ext]\nports: [{number: 80, name: http, protocol: HTTP}]\nresolution: STATIC\nworkloadSelector: {labels: {app: d}}',
        'd',
      ),
    ),
    'warning selector-not-honoured spec.workloadSelector',
  ],
];

/** Most rules here have no catch-all, which has tests of its own. */
const others = (text: string, options?: AnalyzeOptions) =>
  analysis(text, options).filter(({ code }) => code !== 'requests-left-over');

const messageOf = (text: string, options?: AnalyzeOptions) => analysis(text, options)[0]?.message;

describe('analyze', () => {
  it.each(rows)('%s', (_when, text, ...found) => {
    expect(others(text).map(brief)).toEqual(found);
  });

  it('never says error', () => {
    const severities = rows.flatMap(([, text]) => analysis(text).map(({ severity }) => severity));
    expect(new Set(severities)).toEqual(new Set(['warning', 'info']));
  });

  it('names the rule that hides another, with a request that shows it', () => {
    const text = together(
      matching('{headers: {user: {prefix: t}}}', '{uri: {prefix: /x}, headers: {user: {exact: test}}}'),
    );
    expect(messageOf(text)).toMatch(
      /rule 0 \(line \d+\) takes all of its requests, for instance GET http:\/\/hello\.com\/x with user: test\./,
    );
  });

  it('names the port to write', () => {
    expect(messageOf(together(single('{host: a.ext}')))).toMatch(
      /dialled \(80\).*Write port: \{ number: 8080 \}/,
    );
  });

  it('offers the full name of a service', () => {
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: hello, namespace: hello-1}\nspec: {ports: [{port: 8080, name: http}]}';
    expect(messageOf(together(service, single('{host: hello.hello-1, port: {number: 8080}}')))).toMatch(
      /Did you mean hello\.hello-1\.svc\.cluster\.local\?/,
    );
  });

  it('tells a header that the client does not forward', () => {
    const text = together(
      matching('{headers: {User: {exact: a}, ":path": {prefix: /}}}', '{withoutHeaders: {x-beta: {}}}'),
    );
    expect(others(text, { forwardedHeaders: ['USER'] }).map(brief)).toEqual([
      'warning header-not-forwarded spec.http[1].match[0].withoutHeaders.x-beta',
    ]);
  });

  it('takes a thousand rules by user for what they are', () => {
    const matches = Array.from({ length: 1000 }, (_, index) => `{headers: {user: {exact: u${index}}}}`);
    expect(others(together(matching(...matches)))).toEqual([]);
  });

  it('says from which rule on it did not compare, where many rules are alike', () => {
    const regexes = Array.from({ length: 400 }, (_, index) => `{headers: {user: {regex: "u${index}x+"}}}`);
    const values = Array.from({ length: 400 }, (_, index) => `{headers: {user: {exact: u${index}}}}`);
    expect(analysis(together(matching(...regexes, ...values))).map(brief)).toContainEqual(
      expect.stringMatching(/^info analysis-incomplete spec\.http\[4\d\d\]$/),
    );
  });

  it('says the same in steps, which are many', () => {
    const matches = Array.from({ length: 50 }, (_, index) => `{uri: {prefix: /${index % 10}}}`);
    const { resources } = parse(together(matching(...matches)), 'rules.yaml');
    const table = compile(resources, workload);
    const steps = analyzeInSteps(table);
    let count = 0;
    for (;;) {
      const { done, value } = steps.next();
      count++;
      if (!done) continue;
      expect(value).toEqual(analyze(table));
      break;
    }
    expect(count).toBeGreaterThan(100);
  });
});
