import { tableOf } from '../../test/mesh.js';
import type { Workload } from '../workload.js';
import { explainConnection } from './explain-connection.js';
import { renderExplanation } from './render.js';

const bytes = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: raw, namespace: hello-page}
spec:
  hosts: [raw.ext]
  addresses: [10.1.1.1]
  ports: [{number: 9000, name: tcp, protocol: TCP}, {number: 9443, name: tls, protocol: TLS}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: bytes, namespace: hello-page}
spec:
  hosts: [raw.ext]
  tcp:
  - match: [{port: 9000}]
    route:
    - {destination: {host: raw.ext, port: {number: 9000}}, weight: 3}
    - {destination: {host: none.ext, port: {number: 9000}}, weight: 1}
  tls:
  - match: [{sniHosts: [other.ext], port: 9443}]
    route: [{destination: {host: one.ext, port: {number: 8080}}}]
---`;

type Policy = NonNullable<Workload['outboundTrafficPolicy']>;

const unused =
  'VirtualService hello-page/bytes has TCP or TLS rules for it, which do not apply to this connection: grayscale check says why.';

function explained(
  connection: { host: string; port: number; sni?: string | null },
  { outboundTrafficPolicy = 'ALLOW_ANY', more = '' }: { outboundTrafficPolicy?: Policy; more?: string } = {},
) {
  return explainConnection(tableOf(bytes + more, { outboundTrafficPolicy }), connection);
}

describe('where a connection leads', () => {
  it('by a rule for its port, a part of it nowhere', () => {
    const explanation = explained({ host: 'raw.ext', port: 9000, sni: null });
    expect(renderExplanation(explanation).replace(/rules\.yaml:\d+:\d+/, 'rules.yaml:1:1')).toBe(
      `tcp://raw.ext:9000
VirtualService hello-page/bytes, tcp[0].match[0] decides.
  rules.yaml:1:1

Destinations:
  75 %  raw.ext:9000, 3 of 4
      endpoints 10.0.0.1:9000
  25 %  none.ext:9000, 1 of 4
      there is no outbound|9000||none.ext: the connection is closed`,
    );
    expect(explanation.answers).toEqual([{ by: 'connection-closed', share: 0.25 }]);
  });

  it('by the server name that TLS asks for', () => {
    const { summary, request, answers, destinations, notes } = explained({
      ...{ host: 'raw.ext', port: 9443, sni: 'other.ext' },
    });
    expect(summary).toBe('VirtualService hello-page/bytes, tls[0].match[0] decides.');
    expect(request).toEqual({ method: '', scheme: 'tls', authority: 'raw.ext', port: 9443, path: '' });
    expect(destinations.map(({ cluster, share }) => [cluster, share])).toEqual([
      ['outbound|8080||one.ext', 1],
    ]);
    expect([answers, notes]).toEqual([[], []]);
  });

  it.each([
    [{ host: 'raw.ext', port: 9443 }, 'No rule looks at the connection: it goes to raw.ext.', [unused]],
    [{ host: 'one.ext', port: 8080, sni: null }, 'No rule looks at the connection: it goes to one.ext.', []],
    [
      { host: 'raw.ext', port: 1, sni: null },
      'No service takes connections to raw.ext on port 1: it passes through to where raw.ext leads.',
      [unused],
    ],
    [
      { host: 'far.ext', port: 1 },
      'No service takes connections to far.ext on port 1: it passes through to where far.ext leads.',
      [],
    ],
  ])('where no rule is for it: %j', (connection, summary, notes) => {
    const { answers, ...explanation } = explained(connection);
    expect([explanation.summary, explanation.notes, answers]).toEqual([summary, notes, []]);
  });

  it('a stranger is closed under REGISTRY_ONLY', () => {
    const { summary, answers, destinations, notes } = explained(
      { host: 'other.ext', port: 1 },
      { outboundTrafficPolicy: 'REGISTRY_ONLY' },
    );
    expect(summary).toBe('No service takes connections to other.ext on port 1: REGISTRY_ONLY closes them.');
    expect([answers, destinations]).toEqual([[{ by: 'connection-closed', share: 1 }], []]);
    // The name that TLS asks for is one of the rule's.
    expect(notes).toEqual([unused]);
  });

  it('a service that the caller is not shown is named', () => {
    const hidden = (host: string, port: number) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hidden, namespace: shop}
spec: {hosts: ["${host}"], exportTo: [.], ports: [{number: ${port}, name: tcp, protocol: TCP}], resolution: NONE}
---`;
    const notesOn = (host: string) =>
      explained({ host: 'db.shop.ext', port: 5432, sni: null }, { more: hidden(host, 5432) }).notes;
    expect(notesOn('db.shop.ext')).toEqual([expect.stringMatching(/^db\.shop\.ext is .*hello-page/)]);
    expect(notesOn('*.shop.ext')).toEqual([expect.stringMatching(/^\*\.shop\.ext is .*hello-page/)]);
    expect([notesOn('*.other.ext'), notesOn('xdb.shop.ext')]).toEqual([[], []]);
  });

  it('a service without an address takes what no other has an address for', () => {
    const catchAll = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: hello-page}
spec: {hosts: [all.ext], ports: [{number: 7000, name: tcp, protocol: TCP}], resolution: STATIC, endpoints: [{address: 10.0.0.7}]}
---`;
    const { summary, notes, destinations } = explained(
      { host: 'far.ext', port: 7000, sni: null },
      { more: catchAll },
    );
    expect(summary).toBe('No TCP or TLS rule is in force for it: the connection goes to all.ext.');
    expect(destinations.map(({ host, share }) => [host, share])).toEqual([['all.ext', 1]]);
    expect(notes).toEqual([
      'all.ext has no address, so it takes every connection to port 7000 that no other service has an address for.',
    ]);
    const own = explained({ host: 'all.ext', port: 7000, sni: null }, { more: catchAll });
    expect(own.notes).toEqual([]);
  });

  it('a service for every name under its host takes those alone', () => {
    const wild = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild, namespace: hello-page}
spec: {hosts: ['*.wild.ext'], ports: [{number: 7443, name: tls, protocol: TLS}], resolution: NONE}
---`;
    const { destinations, notes } = explained(
      { host: 'a.wild.ext', port: 7443, sni: 'a.wild.ext' },
      { more: wild },
    );
    expect(destinations.map(({ host }) => host)).toEqual(['*.wild.ext']);
    expect(notes).toEqual([]);
  });
});
