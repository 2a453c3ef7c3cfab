import { outcome, requestOf, workload } from '../../test/mesh.js';
import { analyze } from '../analyze/analyze.js';
import { compile } from '../compile/compile.js';
import { explain } from '../explain/explain.js';
import { parse } from '../parse/parse.js';

const rules = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {namespace: shop, name: front}
spec:
  hosts: [www.example.com]
  http:
  - match: [{uri: {prefix: /reviews}}]
    route: [{destination: {host: reviews.prod.svc.cluster.local, subset: v2, port: {number: 9080}}}]
  - route: [{destination: {host: ratings}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {namespace: shop, name: ext}
spec: {host: api.example.com, subsets: [{labels: {version: v1}, name: one}, {name: two, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {namespace: shop, name: api}
spec:
  hosts: [api.example.com]
  http:
  - match: [{port: 8080}]
    route: [{destination: {host: api.example.com, subset: two}}]
`;
const { resources } = parse(rules, 'rules.yaml');
const bare = compile(resources, workload);
const assumed = compile(resources, workload, { assumeServices: true });

describe('rules without services', () => {
  it('are said to be so once, and no host of theirs by itself', () => {
    const issues = analyze(bare).map(({ code, severity }) => `${severity} ${code}`);
    expect(issues.filter((issue) => issue.includes('no-services'))).toEqual(['info no-services']);
    expect(issues.join()).not.toMatch(/unknown-host|not-served|unused/);
  });

  it('decide, where the hosts that they name are taken as given', () => {
    const ask = { authority: 'www.example.com', port: 80 };
    expect(outcome(bare, ask)).toBe('pass-through tcp');
    expect(outcome(assumed, { ...ask, path: '/reviews/1' })).toBe(
      'NC outbound|9080|v2|reviews.prod.svc.cluster.local',
    );
    expect(outcome(assumed, ask)).toBe('ratings.shop.svc.cluster.local:80');
    expect(analyze(assumed).map(({ code }) => code)).not.toContain('no-services');
  });

  it('have the ports that they name, and endpoints for each subset', () => {
    const ask = requestOf({ authority: 'api.example.com:8080', port: 8080 });
    const { destinations } = explain(assumed, ask);
    expect(destinations).toMatchObject([
      { host: 'api.example.com', subset: 'two', port: 8080, endpoints: [{ address: 'api.example.com' }] },
    ]);
  });

  it('leave what is registered as it is', () => {
    const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {namespace: shop, name: api}
spec: {hosts: [api.example.com], ports: [{number: 8080, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 10.0.0.1}]}
`;
    const table = compile([...resources, ...parse(entry, 'entry.yaml').resources], workload, {
      assumeServices: true,
    });
    expect(outcome(table, { authority: 'api.example.com', port: 8080 })).toBe('api.example.com:8080/two');
  });
});
