import type { IssueKind } from './issue-kind.js';

/** What the analysis of all resources together finds of services, namespaces and DestinationRules. */
export const serviceEffects = {
  title: 'Services and their policies that do not do what they seem to',
  text: 'Accepted as well, and found in the same way.',
  kinds: {
    'no-services': {
      severity: 'info',
      missing: ['Service', 'ServiceEntry'],
      why: 'The files hold no Service and no ServiceEntry, so no host of the rules is registered: whether they exist is not checked, and requests leave the mesh. This is reported once, not for every host.',
      wrong: 'grayscale check -f virtual-services/',
      right: 'grayscale check -f virtual-services/ -f services/, or --assume-services',
    },
    'namespace-not-discovered': {
      severity: 'warning',
      why: 'MeshConfig has `discoverySelectors`, and none of them matches the labels of the namespace: Istio ignores its Services and rules, and so does the local mesh.',
      wrong: 'a Service of shop, and discoverySelectors: [{ matchLabels: { mesh: "on" } }]',
      right: 'kind: Namespace, metadata: { name: shop, labels: { mesh: "on" } }',
    },
    'plain-text-to-tls-port': {
      severity: 'warning',
      why: 'A rule sends plain HTTP to a port that is declared as HTTPS or TLS, and no DestinationRule originates TLS for it.',
      wrong: 'port: { number: 443 }',
      right: 'trafficPolicy: { tls: { mode: SIMPLE } } for the host',
    },
    'tls-port-read-as-http': {
      severity: 'warning',
      why: 'A ServiceEntry declares port 443 as HTTP. Clients that call `https://` send TLS there, which the sidecar cannot read as HTTP: no rule applies, and with REGISTRY_ONLY the connection is closed. Where a DestinationRule originates TLS for plain HTTP, nothing is said.',
      wrong: 'ports: [{ number: 443, name: https, protocol: HTTP }]',
      right: 'ports: [{ number: 443, name: https, protocol: HTTPS }]',
    },
    'outside-gets-foreign-host': {
      severity: 'warning',
      why: 'A destination outside the mesh gets a Host that is not its own, which servers with name-based virtual hosts usually refuse (404, 421).',
      wrong: 'hosts: [front], destination: { host: api.example.com }',
      right: 'rewrite: { authority: api.example.com } as well',
    },
    'destination-rules-not-applied': {
      severity: 'info',
      why: 'The destination of a rule has a VirtualService of its own. Rules are chosen once, by the Host that the application sent, so those do not apply.',
      wrong: 'hosts: [a] routes to b, and hosts: [b] rewrites',
      right: 'the rewrite in the rule for a',
    },
    'destination-rule-unused': {
      severity: 'warning',
      missing: ['Service', 'ServiceEntry'],
      why: 'A DestinationRule is for a host that no service has, so neither it nor its subsets have an effect.',
      wrong: 'host: hello (from another namespace)',
      right: 'host: hello.hello-1.svc.cluster.local',
    },
    'selector-not-honoured': {
      severity: 'warning',
      missing: ['WorkloadEntry', 'Pod'],
      why: 'The ServiceEntry selects workloads, but the files have no matching WorkloadEntry and no matching Pod with an address: requests get 503 here.',
      wrong: 'workloadSelector: { labels: { app: vm } } and no workload with it',
      right: 'a WorkloadEntry with labels: { app: vm } in the namespace of the entry',
    },
    'subset-without-workload': {
      severity: 'warning',
      missing: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'EndpointSlice', 'WorkloadEntry'],
      why: 'No endpoint of the service has the labels of the subset; where the files have no endpoints, no pod and no pod template that it selects. Requests to the subset get 503.',
      wrong: 'subsets: [{ name: v2, labels: { version: v2 } }] over a Deployment with version: "2"',
      right: 'labels: { version: "2" }',
    },
    'certificate-for-other-host': {
      severity: 'warning',
      why: 'A rule for another host leads to a destination that is called over TLS, and its DestinationRule sets no server name: the name that is sent, and checked in the certificate, is the Host that the application sent.',
      wrong: 'a rule for hello.com to api.example.com with tls: { mode: SIMPLE }',
      right: 'rewrite: { authority: api.example.com } beside it',
    },
    'certificate-not-verified': {
      severity: 'warning',
      why: 'The certificate of the server is not verified, so anyone in between can answer in its place.',
      wrong: 'tls: { mode: SIMPLE, insecureSkipVerify: true }',
      right: 'tls: { mode: SIMPLE }, or caCertificates with the CA that signed it',
    },
    'credential-not-read': {
      severity: 'warning',
      why: 'A DestinationRule names a Secret and selects no workload. Sidecars are not given it, and send plain text instead of TLS.',
      wrong: 'tls: { mode: SIMPLE, credentialName: ca }',
      right: 'the same with workloadSelector and exportTo: ["."]',
    },
    'port-protocol-detected': {
      severity: 'info',
      why: 'Neither the name of a port nor appProtocol declares its protocol. The sidecar detects it for each connection; rules for other hosts do not apply to such a port, and protocols in which the server sends first do not work.',
      wrong: 'ports: [{ port: 8080, name: web }]',
      right: 'ports: [{ port: 8080, name: http-web }]',
    },
    'protocol-conflict': {
      severity: 'warning',
      why: 'Two ServiceEntries declare different protocols for one port of a host. Only one of them counts.',
      wrong: 'protocol: HTTP in one and protocol: TCP in the other',
      right: 'the same protocol in both',
    },
    'annotation-unknown': {
      severity: 'warning',
      why: 'Istio has no annotation of this name.',
      wrong: 'networking.istio.io/exportsTo: "."',
      right: 'networking.istio.io/exportTo: "."',
    },
    'annotation-misplaced': {
      severity: 'warning',
      why: 'The annotation is on a kind where Istio does not look for it, so it has no effect.',
      wrong: 'traffic.sidecar.istio.io/excludeOutboundPorts in the metadata of a Deployment',
      right: 'the same in spec.template.metadata',
    },
    'annotation-invalid': {
      severity: 'warning',
      why: 'Istio does not accept the value of the annotation. Sidecar injection into the pod fails.',
      wrong: 'traffic.sidecar.istio.io/excludeOutboundPorts: mysql',
      right: 'traffic.sidecar.istio.io/excludeOutboundPorts: "3306"',
    },
    'annotation-deprecated': {
      severity: 'info',
      why: 'Istio still accepts the annotation; a later version may not.',
      wrong: 'the annotation sidecar.istio.io/inject: "false"',
      right: 'the label sidecar.istio.io/inject: "false"',
    },
    'service-without-workload': {
      severity: 'warning',
      why: 'The files have pods or pod templates in the namespace of a Service, but none of them has the labels that it selects: requests to it get 503.',
      wrong: 'selector: { app: hello } over a Deployment whose template has app: hello-deployment',
      right: 'selector: { app: hello-deployment }',
    },
    'sidecar-ignored': {
      severity: 'warning',
      why: 'Sidecars are not merged: of two for the same workloads only the first one counts (the older, then by name). In the root namespace one with a selector is for that namespace only.',
      wrong: 'two Sidecars without workloadSelector in one namespace',
      right: 'one Sidecar with the hosts of both',
    },
  } satisfies Record<string, IssueKind>,
} as const;
