import { explain, renderExplanation, requestFromUrl } from '@grayscale/traffic-rules';
import { checkManifests, issueLine, type ManifestFile } from './index.js';

const workload = { namespace: 'shop', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;

function object(kind: string, name: string, spec: object): ManifestFile {
  const apiVersion = kind === 'Service' ? 'v1' : 'networking.istio.io/v1';
  const text = JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'shop' }, spec }, null, 2);
  return {
    path: `${kind} shop/${name} (cluster)`,
    text,
    kind: 'object',
    overrides: { labels: {}, annotations: {} },
  };
}

const service = object('Service', 'cart', { ports: [{ name: 'http', port: 80 }], clusterIP: '10.0.0.9' });
const route = (weight: unknown) => [
  { destination: { host: 'cart', port: { number: 80 } }, weight },
  { destination: { host: 'cart2', port: { number: 80 } }, weight: 10 },
];
const rules = (weight: unknown) =>
  object('VirtualService', 'cart', {
    hosts: ['cart'],
    http: [{ match: [{ uri: { prefix: '/x' } }], route: route(90) }, { route: route(weight) }],
  });
const check = (...files: ManifestFile[]) => checkManifests({ files, issues: [], tracked: [] }, workload);

describe('objects of a cluster', () => {
  it('are named with a field where a file has a line', () => {
    const { issues, table } = check(service, rules(-1));
    expect(table).toBeDefined();
    expect(issues.map(issueLine)).toContainEqual(
      expect.stringMatching(
        /^VirtualService shop\/cart \(cluster\) spec\.http\[1\]\.route\[0\]\.weight: error: .* \[weight-/,
      ),
    );
  });

  it('explain themselves so', () => {
    const { table } = check(service, rules(90));
    if (table === undefined) throw new Error('no table');
    const text = renderExplanation(explain(table, requestFromUrl({ url: 'http://cart/', headers: [] })));
    expect(text).toContain('VirtualService shop/cart (cluster) spec.http[1]');
    expect(text).toContain('VirtualService shop/cart (cluster) spec.http[0].match[0]');
    expect(text).not.toMatch(/\(cluster\):\d/);
  });

  it('are not held against the schemas, which their own API server has', () => {
    const codes = (files: ManifestFile[]) => check(...files).issues.map(({ code }) => code);
    const unknown = object('VirtualService', 'cart', { hosts: ['cart'], http: [{ route: route('90') }] });
    const { kind: _, ...file } = unknown;
    expect(codes([service, file]).filter((code) => code.startsWith('api-server'))).not.toEqual([]);
    expect(codes([service, unknown]).filter((code) => code.startsWith('api-server'))).toEqual([]);
  });

  it('with an error are left out, or stay as they were, and keep no other from being in force', () => {
    const other = object('VirtualService', 'other', { hosts: ['other'], http: [{ route: route(90) }] });
    const good = check(service, rules(90), other);
    expect(good.leftOut).toEqual([]);
    const weightsOf = ({ resources }: typeof good) =>
      resources.flatMap((one) =>
        one.kind === 'VirtualService' && one.metadata.name === 'cart'
          ? one.spec.http[1]?.route[0]?.weight
          : [],
      );
    const bad = check(service, rules(-1), other);
    expect([bad.leftOut, bad.table !== undefined]).toEqual([['VirtualService shop/cart'], true]);
    const kept = checkManifests({ files: [service, rules(-1), other], issues: [], tracked: [] }, workload, {
      before: good.resources,
    });
    expect([kept.leftOut, weightsOf(kept)]).toEqual([['VirtualService shop/cart'], [90]]);
    const decision = (table: (typeof good)['table']) =>
      table && explain(table, requestFromUrl({ url: 'http://cart/', headers: [] })).decision.because.reason;
    expect([decision(good.table), decision(bad.table), decision(kept.table)]).toEqual([
      'rule',
      'default-route',
      'rule',
    ]);
  });
});
