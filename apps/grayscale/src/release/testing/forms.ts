/** The demo's rule by percentage in one of its forms, and what goes with it. */
export interface Form {
  /** The folder and the file of the rule, in a copy of the repository. */
  folder: string;
  file: string;
  /** What the file has; absent: the file is there. */
  documents?: string;
  target: Record<string, string>;
  stable: string;
  canary: string;
  caller: { workload: string; namespace: string };
  /** What the local mesh is told beside the rule. */
  mesh: readonly string[];
  speaks: 'http' | 'grpc';
  /** The host that clients from outside ask, who know no proxy; absent: a workload of the mesh asks hello.com. */
  edge?: string;
}

const inside = {
  stable: 'hello.hello-1.svc.cluster.local',
  canary: 'hello.hello-2.svc.cluster.local',
  caller: { workload: 'hello-page', namespace: 'hello-page' },
  mesh: [],
  speaks: 'http',
} as const;

/** For clients from outside: the local mesh is the gateway. */
const outside = { folder: 'k8s/edge', file: 'edge.yaml', edge: 'hello.example.com' };

/** Istio's own gateway, installed with Istio. */
const istioGateway = {
  ...outside,
  caller: { workload: 'istio-ingressgateway', namespace: 'istio-system' },
  mesh: ['--gateway', 'istio-system/public', '--listen', '0=80', '-f', 'k8s/internal'],
};

/** A gateway of the Gateway API, which Istio deploys. */
const kubernetesGateway = {
  ...outside,
  caller: { workload: 'public-istio', namespace: 'istio-ingress' },
  mesh: ['--gateway', 'istio-ingress/public', '--listen', '0=80', '-f', 'k8s/internal'],
};

export const forms = {
  virtualService: {
    ...inside,
    folder: 'k8s/internal',
    file: 'virtual-service-v2-10.yaml',
    target: { virtualService: 'hello-ext-svc' },
  },
  httpRoute: {
    ...inside,
    folder: 'k8s/variants/internal-httproute',
    file: 'http-route-v2-10.yaml',
    target: { httpRoute: 'hello-ext-svc' },
  },
  gatewayVirtualService: {
    ...inside,
    ...istioGateway,
    target: { virtualService: 'hello-edge' },
    documents: `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-system }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [hello.example.com] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: hello-edge, namespace: hello-page }
spec:
  hosts: [hello.example.com]
  gateways: [istio-system/public]
  http:
    - route:
        - destination: { host: hello.hello-1.svc.cluster.local, port: { number: 8080 } }
          weight: 90
        - destination: { host: hello.hello-2.svc.cluster.local, port: { number: 8080 } }
          weight: 10
`,
  },
  gatewayHttpRoute: {
    ...inside,
    ...kubernetesGateway,
    target: { httpRoute: 'hello-edge' },
    documents: edgeRoute('HTTPRoute', 'hello', 8080),
  },
  gatewayGrpcRoute: {
    ...inside,
    ...kubernetesGateway,
    target: { grpcRoute: 'hello-edge' },
    stable: 'greeter.hello-1.svc.cluster.local',
    canary: 'greeter.hello-2.svc.cluster.local',
    speaks: 'grpc',
    documents: `${edgeRoute('GRPCRoute', 'greeter', 50051)}${greeterIn('hello-1')}${greeterIn('hello-2')}`,
  },
} as const satisfies Record<string, Form>;

/** A Gateway with a route of another namespace, whose backends are in two more that allow it. */
function edgeRoute(kind: string, service: string, port: number): string {
  const backend = (namespace: string, weight: number) => `
        - name: ${service}
          namespace: ${namespace}
          port: ${port}
          weight: ${weight}`;
  const grant = (namespace: string) => `---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: edge, namespace: ${namespace} }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: ${kind}, namespace: hello-page }]
  to: [{ group: "", kind: Service, name: ${service} }]
`;
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-ingress }
spec:
  gatewayClassName: istio
  listeners:
    - { name: http, port: 80, protocol: HTTP, hostname: "*.example.com", allowedRoutes: { namespaces: { from: All } } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: hello-edge, namespace: hello-page }
spec:
  parentRefs: [{ name: public, namespace: istio-ingress }]
  hostnames: [hello.example.com]
  rules:
    - backendRefs:${backend('hello-1', 90)}${backend('hello-2', 10)}
${grant('hello-1')}${grant('hello-2')}`;
}

/** A Service of gRPC; the stage says where it listens. */
function greeterIn(namespace: string): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: greeter, namespace: ${namespace} }
spec:
  selector: { app: greeter }
  ports: [{ name: grpc, port: 50051 }]
`;
}
