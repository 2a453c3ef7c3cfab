import type { Cluster } from '../src/cluster.js';
import { type CompileOptions, compile } from '../src/compile/compile.js';
import type { RouteTable } from '../src/compile/table.js';
import type { Decision } from '../src/decision.js';
import { parse } from '../src/parse/parse.js';
import type { RouteRequest } from '../src/request.js';
import type { Resource } from '../src/resources/resource.js';
import { clustersOf } from '../src/route/registered-cluster.js';
import { route } from '../src/route/route.js';
import type { Workload } from '../src/workload.js';

export const workload: Workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
};

/**
 * A ServiceEntry whose host is `NAME.ext`, with one port.
 * @param port as `{number: 9000, name: p, protocol: TCP}`
 * @param createdSecond when: the earlier one is the older
 */
export function portEntry(name: string, port: string, more = '', createdSecond = 0): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page, creationTimestamp: "2026-01-01T00:00:0${createdSecond}Z"}
spec:
  hosts: [${name}.ext]
  ports: [${port}]
  resolution: STATIC
  endpoints: [{address: 10.0.0.1}]
  ${more}
---`;
}

/** A ServiceEntry with HTTP on port 8080. */
export function entry(host: string, endpoints = '[{address: 127.0.0.1}]', more = ''): string {
  const name = host.replace('*', 'any');
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page}
spec:
  hosts: ["${host}"]
  ports: [{number: 8080, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: ${endpoints}
  ${more}
---`;
}

/** The entries of every test: two hosts with one endpoint each, one with two versions, and t.ext, whose rules are tested. */
export const registry = [
  entry('t.ext'),
  entry('one.ext'),
  entry('two.ext'),
  entry(
    'both.ext',
    '[{address: 127.0.0.1, labels: {version: v1}}, {address: 127.0.0.2, labels: {version: v2}}]',
  ),
  `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: both, namespace: hello-page}
spec:
  host: both.ext
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]
---`,
].join('');

/** A VirtualService for `hosts`, in YAML. */
export function virtualService(
  http: string,
  { hosts = '[t.ext]', name = 'rules', namespace = 'hello-page', more = '' } = {},
): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  hosts: ${hosts}
  ${more}
  http: ${http}
---`;
}

export function resourcesOf(yaml: string): Resource[] {
  const { resources, issues } = parse(yaml, 'rules.yaml');
  if (issues.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(issues));
  return resources;
}

export function tableOf(
  yaml: string,
  seenBy: Partial<Workload> = {},
  options: CompileOptions = {},
): RouteTable {
  return compile(resourcesOf(registry + yaml), { ...workload, ...seenBy }, options);
}

/** A table with one rule list for t.ext. */
export function rulesOf(http: string): RouteTable {
  return tableOf(virtualService(http));
}

export interface Ask extends Partial<RouteRequest> {
  draw?: number;
}

/** A request for t.ext:8080 with what differs; `/path` alone is its path. */
export function requestOf(ask: Ask | string): RouteRequest {
  const differs = typeof ask === 'string' ? { path: ask } : ask;
  return {
    method: 'GET',
    scheme: 'http',
    authority: 't.ext:8080',
    port: 8080,
    path: '/',
    headers: [],
    ...differs,
  };
}

export function decide(table: RouteTable, ask: Ask | string): Decision {
  return route(table, requestOf(ask), typeof ask === 'string' ? 0 : (ask.draw ?? 0));
}

/** The cluster of Envoy's name for it. */
export function clusterOf(table: RouteTable, name: string): Cluster | undefined {
  for (const cluster of clustersOf(table)) if (cluster.name === name) return cluster;
  return undefined;
}

/** A decision in a few words: the cluster, `404`, `503 NC`, `pass-through http`, ... */
export function outcome(table: RouteTable, ask: Ask | string): string {
  const decision = decide(table, ask);
  switch (decision.kind) {
    case 'forward':
      return `${decision.cluster.service.host}:${decision.cluster.port}${decision.cluster.subset && `/${decision.cluster.subset}`}`;
    case 'cluster-not-found':
      return `NC ${decision.clusterName}`;
    case 'no-route':
      return '404';
    case 'bad-request':
      return `400 ${decision.body}`.trim();
    case 'connect':
      return `connect ${decision.cluster.name}`;
    case 'pass-through':
    case 'blocked':
      return `${decision.kind} ${decision.through}`;
    case 'redirect':
      return `${decision.status} ${decision.location}`;
    case 'direct-response':
      return `${decision.status} ${new TextDecoder().decode(decision.body)}`.trim();
  }
}

/** `route` with all requests to a host of the registry. */
export function to(host: string, more = ''): string {
  return `route: [{destination: {host: ${host}, port: {number: 8080}}}]${more === '' ? '' : `, ${more}`}`;
}
