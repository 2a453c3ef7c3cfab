import type { IssueKind } from './issue-kind.js';

/** What the analysis of all resources together finds of gateways and of the routes that attach to them. */
export const gatewayEffects = {
  title: 'Gateways and routes that do not do what they seem to',
  text: 'Accepted as well, and found in the same way.',
  kinds: {
    'gateway-unknown': {
      severity: 'warning',
      missing: ['Gateway'],
      why: 'A VirtualService is bound to a Gateway that is not among the files, while others are: its rules do nothing there.',
      wrong: 'gateways: [front] where the Gateway is in the namespace istio-system',
      right: 'gateways: [istio-system/front]',
    },
    'gateway-without-rules': {
      severity: 'info',
      missing: ['VirtualService', 'HTTPRoute', 'GRPCRoute'],
      why: 'No rule is bound to the Gateway, so it answers every request with 404.',
      wrong: 'hosts: [hello.com] without gateways, which is for sidecars',
      right: 'gateways: [istio-system/public]',
    },
    'rule-without-server': {
      severity: 'warning',
      why: 'The servers of the Gateway that accept the hosts of a rule cannot serve it: http rules need a server that reads requests, tls rules one that passes TLS through, tcp rules a TCP server or one that terminates TLS.',
      wrong: 'http: [...] behind protocol: HTTPS, tls: { mode: PASSTHROUGH }',
      right: 'tls: [{ match: [{ sniHosts: [...] }], route: [...] }], or mode: SIMPLE',
    },
    'server-lost': {
      severity: 'warning',
      why: 'Istio leaves a server of a Gateway out, because of an earlier one on its port: one that takes plain text and is not of the same protocol, or one with tls and the same host. The older Gateway comes first. HTTPS and then plain text on one port are both served.',
      wrong: 'protocol: HTTP and protocol: TCP on port 80 of one gateway',
      right: 'a port for each',
    },
    'istiod-panics': {
      severity: 'warning',
      why: 'The hosts of a server have `*/*` and behind it one that begins with `*/` or `./`. Istio\u2019s validation accepts it, and istiod stops with a panic, again at each start: no proxy of the mesh gets new rules.',
      wrong: 'hosts: ["*/*", "*/a.example.com"]',
      right: 'hosts: ["*/*"]',
    },
    'route-kind-not-taken': {
      severity: 'warning',
      why: '`allowedRoutes` of a listener names a kind of route that listeners of its protocol do not accept. Its other kinds are in force.',
      wrong: 'kinds: [{ kind: TCPRoute }] where protocol is HTTP',
      right: 'kinds: [{ kind: HTTPRoute }]',
    },
    'server-hosts-overlap': {
      severity: 'warning',
      why: 'Two servers of a gateway terminate TLS for one host on one port, as hosts of different namespaces or in different spelling; or one terminates TLS for every host (`*`) and another takes plain text there; or one terminates TLS for a name that a rule passes through there. Istio accepts both, and Envoy refuses the listener: a running gateway keeps what it had, a new one refuses connections to the port.',
      wrong:
        'hosts: [shop/a.example.com] in one Gateway, hosts: [team/a.example.com] in another, both HTTPS on port 443',
      right: 'one server with hosts: [shop/a.example.com, team/a.example.com]',
    },
    'server-bind-elsewhere': {
      severity: 'warning',
      why: 'A server listens on an address of the pod that outside clients cannot reach, or on another address than another server of the same port. explain, test and the local mesh stand for one address of each port.',
      wrong: 'bind: 127.0.0.1',
      right: 'no bind, which is every address',
    },
    'server-port-not-exposed': {
      severity: 'warning',
      why: "A server of a Gateway has a port that the Service in front of the gateway's workload does not have, so nobody outside can reach it.",
      wrong: 'port: { number: 8443 } behind a Service with 80 and 443',
      right: 'port: { number: 443 }, or the port in the Service as well',
    },
    'certificate-shared': {
      severity: 'warning',
      why: 'Two Gateways of one workload, or two servers of one that share hosts, have the same certificate. Browsers use one HTTP/2 connection for all hosts of a certificate, and the server that it was opened to answers 404 for the hosts of the other.',
      wrong: 'credentialName: wildcard for a.example.com in one and for b.example.com in the other',
      right: "one server with hosts: ['*.example.com']",
    },
    'route-not-attached': {
      severity: 'warning',
      missing: ['Service', 'ServiceEntry', 'Gateway', 'ListenerSet'],
      why: 'The parent of a route of the Gateway API does not exist, has no such listener or port, or takes no routes of this kind. The route has no effect there.',
      wrong: 'parentRefs: [{ group: "", kind: Service, name: helo }]',
      right: 'parentRefs: [{ group: "", kind: Service, name: hello }]',
    },
    'listeners-not-attached': {
      severity: 'warning',
      missing: ['Gateway'],
      why: 'The Gateway of a ListenerSet does not exist, or its `allowedListeners` do not let ListenerSets of the namespace in: by default it takes none.',
      wrong: 'kind: Gateway without allowedListeners',
      right: 'allowedListeners: { namespaces: { from: Same } }',
    },
    'route-lost': {
      severity: 'warning',
      why: 'Istio cannot do something in one rule of a route of the Gateway API, and leaves the whole route out, its good rules as well. Requests go on as if it did not exist.',
      wrong: 'filters: [{ type: ExtensionRef, ... }]',
      right: 'a filter that Istio knows',
    },
    'hostnames-ignored': {
      severity: 'warning',
      why: 'A route that is attached to a Service or ServiceEntry is for the hosts of that; its `hostnames` count for Gateways only. Of a TLSRoute there, a single hostname is the name that TLS asks for; of several, those count that are hosts of the parent, and every name where none is.',
      wrong: 'parentRefs: [{ kind: Service, ... }], hostnames: [hello.com]',
      right: 'parentRefs: [{ group: networking.istio.io, kind: ServiceEntry, name: hello-com }]',
    },
  } satisfies Record<string, IssueKind>,
} as const;
