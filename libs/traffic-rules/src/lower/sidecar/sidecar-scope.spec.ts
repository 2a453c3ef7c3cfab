import { entry, outcome, requestOf, resourcesOf, virtualService, workload } from '../../../test/mesh.js';
import { compile } from '../../compile/compile.js';
import { explain } from '../../explain/explain.js';
import type { Workload } from '../../workload.js';

const service = (namespace: string, name = 'web', ports = '[{name: http, port: 80}]') => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {ports: ${ports}}
---`;

const sidecar = (spec: string, { namespace = 'hello-page', name = 'default' } = {}) => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {namespace: ${namespace}, name: ${name}}
spec: ${spec}
---`;

const mesh = service('shop') + service('bank') + service('hello-page');

function asked(yaml: string, authority: string, port = 80, seenBy: Partial<Workload> = {}): string {
  const table = compile(resourcesOf(mesh + yaml), {
    ...workload,
    outboundTrafficPolicy: 'ALLOW_ANY',
    ...seenBy,
  });
  const told = outcome(table, { authority, port });
  return told.startsWith('pass-through') ? 'stranger' : told;
}

const web = (namespace: string) => `web.${namespace}.svc.cluster.local:80`;

describe('what a Sidecar lets in', () => {
  it.each([
    ['a namespace', '["bank/*"]', ['bank']],
    ['the own namespace', '["./*"]', ['hello-page']],
    ['every namespace', '["*/*"]', ['bank', 'hello-page', 'shop']],
    ['one host of whichever namespace', '["*/web.shop.svc.cluster.local"]', ['shop']],
    ['hosts under a wildcard', '["*/*.bank.svc.cluster.local", "./*"]', ['bank', 'hello-page']],
    ['nothing', '["~/*"]', []],
    ['everything but one namespace', '["*/*", "~shop/*"]', ['bank', 'hello-page']],
    ['a namespace that has not the host', '["bank/web.shop.svc.cluster.local"]', []],
  ])('%s', (_, hosts, expected) => {
    const yaml = sidecar(`{egress: [{hosts: ${hosts}}]}`);
    const reached = ['bank', 'hello-page', 'shop'].filter(
      (namespace) => asked(yaml, `web.${namespace}`) === web(namespace),
    );
    expect(reached).toEqual(expected);
  });

  it('by the Sidecar that selects the workload, before that of the namespace, before that of the mesh', () => {
    const ofMesh = sidecar('{egress: [{hosts: ["shop/*"]}]}', { namespace: 'istio-system' });
    const own = sidecar('{egress: [{hosts: ["bank/*"]}]}');
    const selected = sidecar('{egress: [{hosts: ["./*"]}], workloadSelector: {labels: {app: hello-page}}}', {
      name: 'mine',
    });
    expect(asked(ofMesh, 'web.shop')).toBe(web('shop'));
    expect(asked(ofMesh + own, 'web.shop')).toBe('stranger');
    expect(asked(selected + own + ofMesh, 'web.bank')).toBe('stranger');
    expect(asked(selected + own + ofMesh, 'web.hello-page')).toBe(web('hello-page'));
    expect(asked(selected + own + ofMesh, 'web.bank', 80, { labels: { app: 'other' } })).toBe(web('bank'));
  });

  it('on a port of its own, where it has one; the rest by the listener without a port', () => {
    const two = '[{name: http, port: 80}, {name: http-admin, port: 81}]';
    const yaml =
      service('shop', 'both', two) +
      service('bank', 'both', two) +
      sidecar(
        '{egress: [{port: {number: 81, protocol: HTTP, name: p}, hosts: ["bank/*"]}, {hosts: ["shop/*"]}]}',
      );
    expect(asked(yaml, 'both.shop', 80)).toBe('both.shop.svc.cluster.local:80');
    expect(asked(yaml, 'both.bank', 80)).toBe('stranger');
    expect(asked(yaml, 'both.bank', 81)).toBe('both.bank.svc.cluster.local:81');
    expect(asked(yaml, 'both.shop', 81)).toBe('stranger');
  });

  it('of rules by their own namespace, and where they lead whatever its hosts', () => {
    const route = '[{route: [{destination: {host: web.bank.svc.cluster.local}}]}]';
    const rule = (namespace: string) =>
      virtualService(route, { hosts: '[front.com]', name: 'front', namespace });
    const yaml = sidecar('{egress: [{hosts: ["./*", "shop/*"]}]}');
    expect(asked(yaml + rule('hello-page'), 'front.com')).toBe(web('bank'));
    expect(asked(yaml + rule('hello-page'), 'web.bank')).toBe('stranger');
    expect(asked(yaml + rule('other'), 'front.com')).toBe('stranger');
  });

  it('and what becomes of strangers', () => {
    const yaml = sidecar('{egress: [{hosts: ["./*"]}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}');
    const told = (policy?: Workload['outboundTrafficPolicy']) =>
      outcome(
        compile(resourcesOf(mesh + yaml), {
          namespace: 'hello-page',
          labels: {},
          ...(policy !== undefined && { outboundTrafficPolicy: policy }),
        }),
        { authority: 'far.ext', port: 80 },
      );
    expect(told()).toBe('blocked http');
    expect(told('ALLOW_ANY')).toBe('pass-through http');
  });

  it('is said by explain of a service that it keeps away', () => {
    const yaml = sidecar('{egress: [{hosts: ["./*"]}]}');
    const { notes } = explain(
      compile(resourcesOf(mesh + yaml), workload),
      requestOf({ authority: 'web.shop', port: 80 }),
    );
    expect(notes).toContain(
      'web.shop.svc.cluster.local is not among the egress hosts of Sidecar hello-page/default: add "shop/*" to them.',
    );
  });
});

describe('a ServiceEntry for nobody', () => {
  it('is a destination of rules in its own namespace, and nothing else', () => {
    const hidden = entry('hidden.ext', '[{address: 10.0.0.1}]', 'exportTo: ["~"]');
    const rule = virtualService('[{route: [{destination: {host: hidden.ext, port: {number: 8080}}}]}]', {
      hosts: '[front.com]',
      name: 'front',
    });
    expect(asked(hidden + rule, 'hidden.ext', 8080)).toBe('stranger');
    expect(asked(hidden + rule, 'front.com')).toBe('hidden.ext:8080');
    expect(asked(hidden.replace('namespace: hello-page', 'namespace: far') + rule, 'front.com')).toBe(
      'NC outbound|8080||hidden.ext',
    );
  });
});
