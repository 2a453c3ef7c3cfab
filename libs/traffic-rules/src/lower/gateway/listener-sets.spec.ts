import { analysis, brief } from '../../../test/issues.js';
import { outcome, resourcesOf, tableOf } from '../../../test/mesh.js';
import { Namespaces } from '../namespaces.js';
import { listenersIn } from './listeners.js';

const gateway = (more = '', listeners = '{name: a, port: 80, protocol: HTTP, hostname: a.example}') => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: door, namespace: yard}
spec: {gatewayClassName: istio, ${more} listeners: [${listeners}]}
---`;
const allowing = (from: string) => gateway(`allowedListeners: {namespaces: {from: ${from}}},`);

interface Shape {
  name?: string;
  namespace?: string;
  parent?: string;
  born?: string;
}

function set(listeners: string, shape: Shape = {}): string {
  const { name = 'more', namespace = 'yard', parent = '{name: door, namespace: yard}', born } = shape;
  const age = born === undefined ? '' : `, creationTimestamp: "${born}"`;
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: ${name}, namespace: ${namespace}${age}}
spec: {parentRef: ${parent}, listeners: [${listeners}]}
---`;
}

const http = (hostname: string, name = 'b') =>
  `{name: ${name}, port: 80, protocol: HTTP, hostname: ${hostname}}`;
const namespace = `
apiVersion: v1
kind: Namespace
metadata: {name: shed, labels: {team: tools}}
---`;

function found(yaml: string) {
  const resources = resourcesOf(yaml);
  return listenersIn(resources, new Namespaces(resources));
}

describe('a ListenerSet', () => {
  it.each([
    ['All', 'shed', true],
    ['Same', 'yard', true],
    ['Same', 'shed', false],
    ['None', 'yard', false],
    ['Selector, selector: {matchLabels: {team: tools}}', 'shed', true],
    ['Selector, selector: {matchLabels: {team: tools}}', 'yard', false],
    ['Selector', 'shed', false],
  ])('joins a Gateway that allows it: from %s, in %s', (from, own, joins) => {
    const { kept, detached } = found(namespace + allowing(from) + set(http('b.example'), { namespace: own }));
    expect([kept.length, detached.length]).toEqual(joins ? [2, 0] : [1, 1]);
  });

  it('is not let in where nothing is said', () => {
    expect(found(gateway() + set(http('b.example'))).detached.map(({ reason }) => reason)).toEqual([
      'Gateway yard/door takes no ListenerSets of the namespace yard (allowedListeners.namespaces.from: None, whose default is None)',
    ]);
  });

  it.each([
    ['before one of a later name', {}, {}, 'a-set'],
    ['behind an older one', { born: '2026-02-01T00:00:00Z' }, { born: '2026-01-01T00:00:00Z' }, 'z-set'],
    ['by its namespace before its name', { namespace: 'yard' }, { namespace: 'shed' }, 'z-set'],
  ])('comes %s', (_, first, second, winner) => {
    const { kept, lost } = found(
      allowing('All') +
        set(http('b.example'), { name: 'a-set', ...first }) +
        set(http('b.example'), { name: 'z-set', ...second }),
    );
    expect(kept.map(({ owner }) => owner.metadata.name)).toEqual(['door', winner]);
    expect(lost.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(new RegExp(`^listener b of ListenerSet \\w+/${winner} comes first on port 80`)),
    ]);
  });

  it('has certificates of its own namespace, and asks for what the Gateway asks clients for on the port', () => {
    const frontend =
      'tls: {frontend: {default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: people}]}}}},';
    const { kept } = found(
      gateway(`allowedListeners: {namespaces: {from: All}}, ${frontend}`) +
        set('{name: s, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cart}]}}', {
          namespace: 'shed',
        }),
    );
    expect(kept[1]?.termination).toMatchObject({
      certificates: [{ namespace: 'shed', name: 'cart' }],
      clients: { required: true, authorities: { namespace: 'shed', name: 'people' } },
    });
  });

  it('needs a grant of its own for certificates of other namespaces', () => {
    const grant = (kind: string) => `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: shed}
spec: {from: [{group: gateway.networking.k8s.io, kind: ${kind}, namespace: yard}], to: [{group: "", kind: Secret}]}
---`;
    const abroad = set(
      '{name: s, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cart, namespace: shed}]}}',
    );
    expect(found(allowing('All') + abroad + grant('ListenerSet')).lost).toEqual([]);
    expect(found(allowing('All') + abroad + grant('Gateway')).lost.map(({ reason }) => reason)).toEqual([
      'the namespace shed has no ReferenceGrant that allows ListenerSets of yard to refer to its Secret cart',
    ]);
  });
});

describe('routes and ListenerSets', () => {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: a, namespace: yard}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 8080}]}
---`;
  const route = (parent: string, name = 'r') => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: yard}
spec: {parentRefs: [${parent}], rules: [{backendRefs: [{name: a, port: 8080}]}]}
---`;
  const everything = service + allowing('All') + set(http('b.example'));
  const client = {
    namespace: 'yard',
    labels: { 'gateway.networking.k8s.io/gateway-name': 'door' },
    proxy: 'gateway',
  } as const;
  const asked = (rules: string, host: string) =>
    outcome(tableOf(everything + rules, client), { authority: host, port: 80 }).replace(/\..*/, '');

  it('meet where the route names the set, and not where it names its Gateway', () => {
    const [ofSet, ofGateway] = ['{kind: ListenerSet, name: more}', '{name: door}'].map((one) => route(one));
    expect([asked(ofSet ?? '', 'b.example'), asked(ofSet ?? '', 'a.example')]).toEqual(['a', '404']);
    expect([asked(ofGateway ?? '', 'b.example'), asked(ofGateway ?? '', 'a.example')]).toEqual(['404', 'a']);
  });

  it('are told apart in what is said of them', () => {
    const said = (rules: string) => analysis(service + rules).map(brief);
    expect(said(gateway() + set(http('b.example')) + route('{kind: ListenerSet, name: more}'))).toEqual(
      expect.arrayContaining([
        'warning listeners-not-attached spec.parentRef',
        'warning route-not-attached spec.parentRefs[0]',
      ]),
    );
    expect(said(allowing('All') + set(http('a.example')) + route('{kind: ListenerSet, name: more}'))).toEqual(
      expect.arrayContaining([
        'warning server-lost spec.listeners[0]',
        'warning route-not-attached spec.parentRefs[0]',
      ]),
    );
  });
});
