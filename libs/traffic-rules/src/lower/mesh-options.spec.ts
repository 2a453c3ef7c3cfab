import { clusterOf, entry, outcome, registry, to, virtualService } from '../../test/mesh.js';
import { compile } from '../compile/compile.js';
import { parse } from '../parse/parse.js';
import { outboundTrafficPolicyOf } from '../route/listens.js';
import { route } from '../route/route.js';

const workload = { namespace: 'hello-page', labels: {} };

function tableWith(config: string, yaml = '') {
  return compile(
    [
      ...parse(config, 'mesh.yaml', 'mesh-config').resources,
      ...parse(`${registry}\n${yaml}`, 'a.yaml').resources,
    ],
    workload,
  );
}

/** MeshConfig as istiod keeps it, in a ConfigMap. */
function configMap(mesh: string, name = 'istio'): string {
  const lines = mesh.split('\n').map((line) => `    ${line}`);
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: istio-system}\ndata:\n  meshNetworks: "networks: {}"\n  mesh: |-\n${lines.join('\n')}\n---`;
}

describe('MeshConfig', () => {
  const strict = 'outboundTrafficPolicy:\n  mode: REGISTRY_ONLY\naccessLogFile: /dev/stdout';

  it.each([
    ['a file of its own', strict, '', 'REGISTRY_ONLY'],
    ['the ConfigMap as that file', configMap(strict), '', 'REGISTRY_ONLY'],
    ['the ConfigMap among the rules', '', configMap(strict), 'REGISTRY_ONLY'],
    ['the ConfigMap of a revision', '', configMap(strict, 'istio-1-32'), 'REGISTRY_ONLY'],
    ['another ConfigMap', '', configMap(strict, 'settings'), 'ALLOW_ANY'],
    ['nothing', '', '', 'ALLOW_ANY'],
  ])('is read from %s', (_, config, yaml, expected) => {
    expect(outboundTrafficPolicyOf(tableWith(config, yaml))).toBe(expected);
  });

  it('with a mistake is reported where it stands', () => {
    const { issues } = parse(configMap('outboundTrafficPolicy: {mode: SOMETIMES}'), 'rules.yaml');
    expect(issues).toMatchObject([
      {
        code: 'field-unknown-value',
        severity: 'error',
        path: 'data.mesh.outboundTrafficPolicy.mode',
        line: 6,
      },
    ]);
  });

  it('says who sees what says nothing of it', () => {
    const far = (more = '') =>
      virtualService(`[{${to('one.ext')}}]`, { hosts: '[t.ext]', namespace: 'far', more });
    const isSeen = (config: string, yaml: string) =>
      outcome(tableWith(config, yaml), { authority: 't.ext', port: 8080 }) === 'one.ext:8080';
    expect(isSeen('', far())).toBe(true);
    expect(isSeen('defaultVirtualServiceExportTo: ["."]', far())).toBe(false);
    expect(isSeen('defaultVirtualServiceExportTo: [hello-page]', far())).toBe(true);
    expect(isSeen('defaultVirtualServiceExportTo: ["."]', far('exportTo: ["*"]'))).toBe(true);
    const private_ = entry('p.ext').replace('namespace: hello-page', 'namespace: far');
    const ask = { authority: 'p.ext', port: 8080 };
    expect(outcome(tableWith('defaultServiceExportTo: ["."]', private_), ask)).toBe('pass-through http');
    expect(outcome(tableWith('', private_), ask)).toBe('p.ext:8080');
  });

  it('retries where no rule says how', () => {
    const rules = virtualService(
      `[{match: [{uri: {prefix: /own}}], ${to('one.ext')}, retries: {attempts: 1}}, {${to('one.ext')}}]`,
    );
    const table = tableWith('defaultHttpRetryPolicy: {attempts: 7, retryOn: 5xx}', rules);
    const attempts = (authority: string, path: string) => {
      const decision = route(
        table,
        { method: 'GET', scheme: 'http', authority, port: 8080, path, headers: [] },
        0,
      );
      return decision.kind === 'forward' ? decision.retry.attempts : undefined;
    };
    expect([attempts('t.ext', '/own'), attempts('t.ext', '/'), attempts('two.ext', '/')]).toEqual([1, 7, 7]);
  });

  it('speaks HTTP/2 to named ports of HTTP, unless a DestinationRule says otherwise', () => {
    const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: hello-page}
spec: {host: two.ext, trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: DO_NOT_UPGRADE}}}}
---`;
    const table = tableWith('h2UpgradePolicy: UPGRADE\nconnectTimeout: 3s', rule);
    expect(clusterOf(table, 'outbound|8080||one.ext')).toMatchObject({
      protocol: 'http2',
      connectTimeoutMs: 3000,
    });
    expect(clusterOf(table, 'outbound|8080||two.ext')).toMatchObject({ protocol: 'http1' });
  });

  it.each([
    ['NONE', '/a/./b', '/a/./b'],
    ['BASE', '/a/.//b%2fc', '/a//b%2fc'],
    ['DEFAULT', '/a/.//b%2fc', '/a//b%2fc'],
    ['MERGE_SLASHES', '/a//b%2fc?x=//', '/a/b%2fc?x=//'],
    ['DECODE_AND_MERGE_SLASHES', '/a/%2F/b%5cc?x=%2f', '/a/b/c?x=%2f'],
  ])('normalizes paths: %s', (normalization, path, expected) => {
    const table = tableWith(`pathNormalization: {normalization: ${normalization}}`);
    const decision = route(
      table,
      { method: 'GET', scheme: 'http', authority: 'one.ext', port: 8080, path, headers: [] },
      0,
    );
    expect(decision).toMatchObject({ kind: 'forward', path: expected });
  });
});
