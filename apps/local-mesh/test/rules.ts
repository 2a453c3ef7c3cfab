import {
  type Connection,
  compile,
  inspection,
  knowsHost,
  listens,
  parse,
  type RouteRequest,
  route,
  routeConnection,
  routeHttpConnection,
} from '@grayscale/traffic-rules';

const workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
} as const;

/** Makes `back.ext` a service that is spoken to in HTTP/2. */
export const http2Upgrade = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: UPGRADE}}}}
`;

/** A ServiceEntry `back.ext`, port 80, with endpoints on loopback ports, and one VirtualService for it whose rules are `http`. */
export function rulesFor(ports: readonly number[], http = '', destinationRule = '') {
  return routing(rulesText(ports, http, destinationRule));
}

/** The same as YAML. */
export function rulesText(ports: readonly number[], http = '', destinationRule = ''): string {
  return `${serviceText('back', ports)}
---
${http === '' ? '' : virtualService(http)}
---
${destinationRule}
`;
}

/** A ServiceEntry `NAME.ext` with endpoints on loopback ports. */
export function serviceText(
  name: string,
  ports: readonly number[],
  { number = 80, protocol = 'HTTP' }: { number?: number; protocol?: 'HTTP' | 'HTTP2' | 'TCP' } = {},
): string {
  const portName = protocol.toLowerCase();
  const endpoints = ports.map((port) => `{address: 127.0.0.1, ports: {${portName}: ${port}}}`);
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page}
spec:
  hosts: [${name}.ext]
  ports: [{number: ${number}, name: ${portName}, protocol: ${protocol}}]
  resolution: STATIC
  endpoints: [${endpoints.join(', ')}]`;
}

/** All that a proxy asks of rules, from YAML. */
export function routing(text: string, outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY' = 'ALLOW_ANY') {
  const { resources, issues } = parse(text, 'rules.yaml');
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  const table = compile(resources, { ...workload, outboundTrafficPolicy });
  return {
    route: (request: RouteRequest, draw: number) => route(table, request, draw),
    inspection: (to: Connection) => inspection(table, to),
    knowsHost: (authority: string, port: number) => knowsHost(table, authority, port),
    standsFor: (port: number) => listens(table, port),
    routeConnection: (connection: Connection, draw: number) => routeConnection(table, connection, draw),
    routeHttpConnection: (to: Connection, draw: number) => routeHttpConnection(table, to, draw),
  };
}

function virtualService(http: string): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: back, namespace: hello-page}
spec:
  hosts: [back.ext]
  http: ${http}`;
}
