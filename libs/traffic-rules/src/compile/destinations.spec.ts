import { clusterOf, decide, entry, outcome, rulesOf, tableOf, virtualService } from '../../test/mesh.js';
import type { Cluster } from '../cluster.js';
import { dialledEndpoint } from '../cluster.js';

const hosts = (...destinations: string[]) => rulesOf(`[{route: [${destinations.join(', ')}]}]`);
const dest = (host: string, weight?: number) =>
  `{destination: {host: ${host}, port: {number: 8080}}${weight === undefined ? '' : `, weight: ${weight}`}}`;

describe('the destination of a rule', () => {
  it.each([
    {
      id: 'T37',
      when: 'a port that is left out is the listener’s',
      to: '{host: one.ext}',
      expected: 'one.ext:8080',
    },
    {
      id: 'T38',
      when: 'a port that the service lacks',
      to: '{host: one.ext, port: {number: 1234}}',
      expected: 'NC outbound|1234||one.ext',
    },
    {
      id: 'T38',
      when: 'a host that nobody knows',
      to: '{host: nowhere.ext, port: {number: 8080}}',
      expected: 'NC outbound|8080||nowhere.ext',
    },
    {
      id: 'T38',
      when: 'a subset that no DestinationRule has',
      to: '{host: both.ext, subset: v9}',
      expected: 'NC outbound|8080|v9|both.ext',
    },
    {
      id: 'T39',
      when: 'a subset without endpoints exists',
      to: '{host: both.ext, subset: v3}',
      expected: 'both.ext:8080/v3',
    },
    {
      id: '4.2',
      when: 'hosts are compared with their letter case',
      to: '{host: ONE.ext}',
      expected: 'NC outbound|8080||ONE.ext',
    },
    {
      id: '1.3',
      when: 'a short name is of the rule’s namespace',
      to: '{host: hello}',
      expected: 'NC outbound|8080||hello.hello-page.svc.cluster.local',
    },
  ])('$id $when: $to is $expected', ({ to, expected }) => {
    expect(outcome(rulesOf(`[{route: [{destination: ${to}}]}]`), '/')).toBe(expected);
  });

  it('T37 a port that is left out is 80 for who dials 80, whatever the service has', () => {
    const web =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{name: http, port: 80}]}\n---';
    const table = tableOf(
      web + virtualService('[{route: [{destination: {host: one.ext}}]}]', { hosts: '[hello.com]' }),
    );
    expect(outcome(table, { authority: 'hello.com', port: 80 })).toBe('NC outbound|80||one.ext');
  });

  it('T39 a DNS service without an endpoint has no cluster', () => {
    const dns = entry('dns.ext', '[{address: a.example, labels: {version: v1}}]').replace('STATIC', 'DNS');
    const rule =
      '\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: dns, namespace: hello-page}\nspec: {host: dns.ext, subsets: [{name: v3, labels: {version: v3}}]}\n---';
    const route = virtualService('[{route: [{destination: {host: dns.ext, subset: v3}}]}]');
    expect(outcome(tableOf(dns + rule + route), '/')).toBe('NC outbound|8080|v3|dns.ext');
  });
});

describe('weights', () => {
  it.each([
    { id: 'T40', weights: [90, 10], draw: 0, expected: 'one.ext:8080' },
    { id: 'T40', weights: [90, 10], draw: 0.8999999, expected: 'one.ext:8080' },
    { id: 'T40', weights: [90, 10], draw: 0.9, expected: 'two.ext:8080' },
    { id: 'T40', weights: [90, 10], draw: 0.9999999, expected: 'two.ext:8080' },
    { id: '4.3', weights: [1, 3], draw: 0.2499999, expected: 'one.ext:8080' },
    { id: '4.3', weights: [1, 3], draw: 0.25, expected: 'two.ext:8080' },
    { id: '4.3', weights: [29, 71], draw: 0.29, expected: 'two.ext:8080' },
    { id: '4.3', weights: [29, 71], draw: 0.28999999, expected: 'one.ext:8080' },
    { id: 'T41', weights: [undefined, 5], draw: 0, expected: 'two.ext:8080' },
    { id: 'T41', weights: [0, 100], draw: 0, expected: 'two.ext:8080' },
    { id: '4.3', weights: [100, 0], draw: 0.9999999, expected: 'one.ext:8080' },
  ])('$id $weights: the draw $draw falls on $expected', ({ weights: [one, two], draw, expected }) => {
    expect(outcome(hosts(dest('one.ext', one), dest('two.ext', two)), { draw })).toBe(expected);
  });

  it.each([
    { draw: 0.4999999, expected: 'one.ext:8080' },
    { draw: 0.5, expected: 'two.ext:8080' },
    { draw: 0.7999999, expected: 'two.ext:8080' },
    { draw: 0.8, expected: 't.ext:8080' },
  ])('of three, 50/30/20, $draw falls on $expected', ({ draw, expected }) => {
    const table = hosts(dest('one.ext', 50), dest('two.ext', 30), dest('t.ext', 20));
    expect(outcome(table, { draw })).toBe(expected);
  });

  it.each([0, 7])('T41 the weight %i of a single destination does not matter', (weight) => {
    expect(outcome(hosts(dest('one.ext', weight)), { draw: 0.99 })).toBe('one.ext:8080');
  });

  it.each([
    { draw: 0.4999999, expected: 'one.ext:8080' },
    { draw: 0.5, expected: 'NC outbound|8080||nowhere.ext' },
  ])('T42 a destination that does not exist keeps its share: $draw is $expected', ({ draw, expected }) => {
    expect(outcome(hosts(dest('one.ext', 1), dest('nowhere.ext', 1)), { draw })).toBe(expected);
  });

  it('a decision names its rule, destination and share', () => {
    const table = rulesOf(
      `[{name: split, match: [{name: all, uri: {prefix: /}}], route: [${dest('one.ext', 1)}, ${dest('two.ext', 3)}]}]`,
    );
    expect(decide(table, { draw: 0.5 }).because).toEqual({
      reason: 'rule',
      resource: {
        kind: 'VirtualService',
        namespace: 'hello-page',
        name: 'rules',
        location: expect.objectContaining({ file: 'rules.yaml' }),
      },
      rule: {
        index: 0,
        path: 'spec.http[0]',
        name: 'split',
        location: expect.objectContaining({ line: expect.any(Number) }),
      },
      match: {
        index: 0,
        path: 'spec.http[0].match[0]',
        name: 'all',
        location: expect.objectContaining({ column: expect.any(Number) }),
      },
      destination: { index: 1, host: 'two.ext', port: 8080, subset: '', share: 0.75 },
    });
  });
});

describe('clusters', () => {
  const cluster = (yaml: string, name: string): Cluster | undefined => clusterOf(tableOf(yaml), name);
  const policy = (name: string, host: string, spec: string, namespace = 'hello-page') =>
    `\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {host: "${host}", ${spec}}\n---`;

  it('T65 the rule of an exact host hides the subsets of a wildcard’s', () => {
    const yaml =
      policy('wild', '*.ext', 'subsets: [{name: w, labels: {}}]') +
      policy('exact', 'one.ext', 'subsets: [{name: e, labels: {}}]');
    expect(cluster(yaml, 'outbound|8080|e|one.ext')).toBeDefined();
    expect(cluster(yaml, 'outbound|8080|w|one.ext')).toBeUndefined();
    expect(cluster(yaml, 'outbound|8080|w|two.ext')).toBeDefined();
  });

  it('T66 of two definitions of a subset the older one counts', () => {
    const yaml =
      policy(
        'b, creationTimestamp: "2026-01-01T00:00:00Z"',
        'both.ext',
        'subsets: [{name: v, labels: {version: v1}}]',
      ) +
      policy(
        'a, creationTimestamp: "2026-01-02T00:00:00Z"',
        'both.ext',
        'subsets: [{name: v, labels: {version: v2}}]',
      );
    expect(cluster(yaml, 'outbound|8080|v|both.ext')?.endpoints).toMatchObject([{ address: '127.0.0.1' }]);
  });

  it('the workload’s namespace comes before the service’s, and that before the root namespace', () => {
    const lb = (simple: string) => `trafficPolicy: {loadBalancer: {simple: ${simple}}}`;
    const root = policy('root', '*.ext', lb('RANDOM'), 'istio-system');
    expect(cluster(root, 'outbound|8080||one.ext')?.loadBalancing).toBe('RANDOM');
    expect(
      cluster(root + policy('own', 'one.ext', lb('ROUND_ROBIN')), 'outbound|8080||one.ext')?.loadBalancing,
    ).toBe('ROUND_ROBIN');
  });

  it('port settings replace general ones, a subset’s own override one by one', () => {
    const yaml = policy(
      'p',
      'both.ext',
      'trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {connectTimeout: 3s}}, portLevelSettings: [{port: {number: 8080}, loadBalancer: {simple: ROUND_ROBIN}}]}, subsets: [{name: s, labels: {version: v1}, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s}}}}]',
    );
    // The registry's own rule for both.ext, of equal age and an earlier name, has no policy.
    expect(cluster(yaml, 'outbound|8080||both.ext')).toMatchObject({
      loadBalancing: 'ROUND_ROBIN',
      connectTimeoutMs: 10_000,
    });
    expect(cluster(yaml, 'outbound|8080|s|both.ext')).toMatchObject({
      loadBalancing: 'ROUND_ROBIN',
      connectTimeoutMs: 1000,
    });
  });

  // Istio, destination_rule.go MergeTrafficPolicy.
  it.each([
    ['a port of the subset', 'portLevelSettings: [{port: {number: 8080}, tls: {mode: DISABLE}}]'],
    [
      'the pool of the subset',
      'loadBalancer: {simple: LEAST_REQUEST}, connectionPool: {http: {maxRetries: 1}}',
    ],
  ])('%s leaves nothing in force of what it replaces', (_, own) => {
    const yaml = policy(
      'p',
      'both.ext',
      `trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {connectTimeout: 3s}, http: {h2UpgradePolicy: UPGRADE}}}, subsets: [{name: s, labels: {version: v1}, trafficPolicy: {${own}}}]`,
    );
    expect(cluster(yaml, 'outbound|8080|s|both.ext')).toMatchObject({
      loadBalancing: 'LEAST_REQUEST',
      connectTimeoutMs: 10_000,
      protocol: 'http1',
    });
    expect(cluster(yaml, 'outbound|8080||both.ext')).toMatchObject({
      protocol: 'http2',
      connectTimeoutMs: 3000,
    });
  });

  it.each([
    ['h2UpgradePolicy: UPGRADE', '', 'http2'],
    ['h2UpgradePolicy: DO_NOT_UPGRADE', '', 'http1'],
    ['useClientProtocol: true', '', 'as-client'],
    ['useClientProtocol: true, h2UpgradePolicy: UPGRADE', '', 'as-client'],
    ['useClientProtocol: true', ', tls: {mode: SIMPLE}', 'http1'],
    ['maxRetries: 1', '', 'http1'],
  ])('{%s%s} is spoken as %s', (http, more, expected) => {
    const yaml = policy('p', 'one.ext', `trafficPolicy: {connectionPool: {http: {${http}}}${more}}`);
    expect(cluster(yaml, 'outbound|8080||one.ext')?.protocol).toBe(expected);
  });

  it('where a subset and its service both say something, the subset’s own counts', () => {
    const lb = (simple: string, timeout: string) =>
      `trafficPolicy: {loadBalancer: {simple: ${simple}}, connectionPool: {tcp: {connectTimeout: ${timeout}}}}`;
    const yaml = policy(
      'p',
      'both.ext',
      `${lb('RANDOM', '3s')}, subsets: [{name: s, labels: {version: v1}, ${lb('ROUND_ROBIN', '1s')}}]`,
    );
    expect(cluster(yaml, 'outbound|8080|s|both.ext')).toMatchObject({
      loadBalancing: 'ROUND_ROBIN',
      connectTimeoutMs: 1000,
    });
    expect(cluster(yaml, 'outbound|8080||both.ext')).toMatchObject({
      loadBalancing: 'RANDOM',
      connectTimeoutMs: 3000,
    });
  });

  it.each([
    { loadBalancer: 'simple: LEAST_CONN', expected: 'LEAST_REQUEST' },
    { loadBalancer: 'simple: PASSTHROUGH', expected: 'PASSTHROUGH' },
    { loadBalancer: 'consistentHash: {httpHeaderName: user}', expected: { kind: 'header', name: 'user' } },
  ])('loadBalancer $loadBalancer', ({ loadBalancer, expected }) => {
    const yaml = policy('p', 'one.ext', `trafficPolicy: {loadBalancer: {${loadBalancer}}}`);
    expect(cluster(yaml, 'outbound|8080||one.ext')?.loadBalancing).toEqual(expected);
  });

  it('T45 with consistent hashing a single destination may retry at the same endpoint', () => {
    const sticky = policy(
      'p',
      'one.ext',
      'trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: user}}}',
    );
    const table = tableOf(sticky + virtualService(`[{route: [${dest('one.ext')}]}]`));
    expect(decide(table, '/')).toMatchObject({ kind: 'forward', retry: { avoidPreviousHosts: false } });
    const split = `[{route: [${dest('one.ext', 1)}, ${dest('two.ext', 1)}]}]`;
    expect(decide(tableOf(sticky + virtualService(split)), '/')).toMatchObject({
      cluster: { name: 'outbound|8080||one.ext' },
      retry: { avoidPreviousHosts: true },
    });
  });

  it.each([
    { when: 'its own port for the name', ports: '{http: 1}', targetPort: ', targetPort: 2', expected: 1 },
    { when: 'else the target port', ports: '{}', targetPort: ', targetPort: 2', expected: 2 },
    { when: 'else the port’s number', ports: '{}', targetPort: '', expected: 8080 },
  ])('an entry’s endpoint is dialled at $when', ({ ports, targetPort, expected }) => {
    const yaml = entry('p.ext', `[{address: 127.0.0.1, ports: ${ports}, weight: 0}]`).replace(
      'protocol: HTTP',
      `protocol: HTTP${targetPort}`,
    );
    expect(cluster(yaml, 'outbound|8080||p.ext')?.endpoints).toEqual([
      { address: '127.0.0.1', port: expected, weight: 1, healthy: true, labels: {} },
    ]);
  });

  it.each([
    { resolution: 'NONE', endpoints: [], discovery: 'original-destination' },
    { resolution: 'DNS', endpoints: [{ address: 'r.ext', port: 8080 }], discovery: 'dns' },
    { resolution: 'DNS_ROUND_ROBIN', endpoints: [{ address: 'r.ext', port: 8080 }], discovery: 'dns' },
    { resolution: 'STATIC', endpoints: [], discovery: 'static' },
  ])('an entry with resolution $resolution and no endpoints', ({ resolution, endpoints, discovery }) => {
    const yaml = entry('r.ext', '[]').replace('STATIC', resolution);
    expect(cluster(yaml, 'outbound|8080||r.ext')).toMatchObject({ discovery, endpoints });
  });

  it('a Kubernetes service finds its endpoints by the port’s name, and subsets by the slice’s labels', () => {
    const slice = (name: string, address: string, ready: string) =>
      `\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: ${name}, namespace: s, labels: {kubernetes.io/service-name: svc, version: ${name}}}\naddressType: IPv4\nports: [{name: http, port: 1234}]\nendpoints: [{addresses: [${address}], conditions: {${ready}}}]\n---`;
    const yaml =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: svc, namespace: s}\nspec: {ports: [{name: http, port: 8080, targetPort: 9}]}\n---' +
      slice('v1', '127.0.0.1', 'ready: true') +
      slice('v2', '127.0.0.2', 'ready: false') +
      slice('v3', '127.0.0.3', 'ready: false, terminating: true') +
      policy('p', 'svc.s.svc.cluster.local', 'subsets: [{name: two, labels: {version: v2}}]');
    expect(cluster(yaml, 'outbound|8080||svc.s.svc.cluster.local')?.endpoints).toMatchObject([
      { address: '127.0.0.1', port: 1234, healthy: true, labels: { version: 'v1' } },
      { address: '127.0.0.2', port: 1234, healthy: false },
    ]);
    expect(cluster(yaml, 'outbound|8080|two|svc.s.svc.cluster.local')?.endpoints).toHaveLength(1);
  });

  it('a headless service leads to the pods that the files know, and to where the client was going when they know none', () => {
    const service =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: svc, namespace: s}\nspec: {clusterIP: None, ports: [{name: http, port: 8080}]}\n---';
    const slice =
      '\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a, namespace: s, labels: {kubernetes.io/service-name: svc}}\naddressType: IPv4\nports: [{name: http, port: 1234}]\nendpoints: [{addresses: [127.0.0.1]}]\n---';
    const name = 'outbound|8080||svc.s.svc.cluster.local';
    expect(cluster(service, name)).toMatchObject({ discovery: 'original-destination', endpoints: [] });
    expect(cluster(service + slice, name)).toMatchObject({
      discovery: 'static',
      // The port that was dialled, not the pods' own.
      endpoints: [{ address: '127.0.0.1', port: 8080 }],
    });
  });

  it('a pod of a headless service is asked for by its name or its address', () => {
    const service =
      '\napiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: shop}\nspec: {clusterIP: None, ports: [{name: http, port: 8080}]}\n---';
    const slice =
      '\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a, namespace: shop, labels: {kubernetes.io/service-name: db}}\naddressType: IPv4\nports: [{name: http, port: 8080}]\nendpoints: [{addresses: [127.0.0.1], hostname: db-0}, {addresses: [127.0.0.2], hostname: db-1}]\n---';
    const asked = (host: string, address?: string, more = '') => {
      const found = cluster(service + slice + more, 'outbound|8080||db.shop.svc.cluster.local');
      return found && dialledEndpoint(found, host, { address, port: 8081 });
    };
    const at = (address: string) => expect.objectContaining({ address, port: 8081 });
    expect(asked('db-1.db.shop.svc.cluster.local')).toEqual(at('127.0.0.2'));
    expect(asked('db-0.db')).toEqual(at('127.0.0.1'));
    expect(asked('db-0.db', '127.0.0.2')).toEqual(at('127.0.0.2'));
    expect(asked('db-0.db', '10.0.0.1')).toEqual(at('127.0.0.1'));
    expect(asked('127.0.0.2')).toEqual(at('127.0.0.2'));
    // One that is nobody's, too; a name that is nobody's leads to any of them.
    expect(asked('db', '10.0.0.1')).toEqual(at('10.0.0.1'));
    expect(asked('db', 'db.resolved')).toBeUndefined();
    expect(['db', 'db-0', 'db-0.other.shop', 'db-2.db'].map((host) => asked(host))).toEqual(
      Array(4).fill(undefined),
    );
  });
});
