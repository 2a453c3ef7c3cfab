/** A service `greeter.ext:50051` of gRPC with a server for each of two versions, and a rule with these routes. */
export function greeterRules(v1: number, v2: number, http: string, trafficPolicy = ''): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: greeter, namespace: hello-page}
spec:
  hosts: [greeter.ext]
  ports: [{number: 50051, name: grpc, protocol: GRPC}]
  resolution: STATIC
  endpoints:
  - {address: 127.0.0.1, ports: {grpc: ${v1}}, labels: {version: v1}}
  - {address: 127.0.0.1, ports: {grpc: ${v2}}, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: greeter, namespace: hello-page}
spec:
  host: greeter.ext
  trafficPolicy: {${trafficPolicy}}
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: greeter, namespace: hello-page}
spec:
  hosts: [greeter.ext]
  http:
${http}`;
}

export const toV1 = 'route: [{destination: {host: greeter.ext, subset: v1}}]';
const toV2 = 'route: [{destination: {host: greeter.ext, subset: v2}}]';
/** 90 to 10, and a header. */
export const split = `
  - match: [{headers: {user: {exact: test}}}]
    ${toV2}
  - route:
    - destination: {host: greeter.ext, subset: v1}
      weight: 90
    - destination: {host: greeter.ext, subset: v2}
      weight: 10`;
