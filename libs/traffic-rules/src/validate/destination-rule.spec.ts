import { destinationRuleOf, findings } from '../../test/issues.js';

type Row = [when: string, spec: string, ...found: string[]];

const policy = (text: string) => `host: a\ntrafficPolicy: ${text}`;
const balancer = (text: string) => policy(`{loadBalancer: ${text}}`);
const at = 'spec.trafficPolicy';

const rows: Row[] = [
  ['has a host', 'subsets: []', 'error host-invalid spec.host'],
  ['may be for every host', 'host: "*"'],
  ['has subsets with names', 'host: a\nsubsets: [null]', 'error subset-name-invalid spec.subsets[0].name'],
  [
    'has each subset once',
    'host: a\nsubsets: [{name: a}, {name: a}]',
    'error subset-duplicate spec.subsets[1].name',
  ],
  ['may have a subset without labels', 'host: a\nsubsets: [{name: a}]'],
  [
    'has labels',
    'host: a\nsubsets: [{name: a, labels: {"-": b}}]',
    'error label-invalid spec.subsets[0].labels.-',
  ],
  ['has a policy that says something', policy('{}'), `error policy-empty ${at}`],
  [
    'has a pool that says something',
    policy('{connectionPool: {}}'),
    `error policy-empty ${at}.connectionPool`,
  ],
  [
    'has limits',
    policy('{connectionPool: {tcp: {maxConnections: -1}, http: {maxRetries: -1}}}'),
    `error limit-negative ${at}.connectionPool.http.maxRetries`,
    `error limit-negative ${at}.connectionPool.tcp.maxConnections`,
  ],
  [
    'has durations',
    policy('{connectionPool: {tcp: {connectTimeout: 0s, idleTimeout: 0s}}}'),
    `error duration-invalid ${at}.connectionPool.tcp.connectTimeout`,
  ],
  [
    'upgrades, or keeps the protocol',
    policy('{connectionPool: {http: {h2UpgradePolicy: UPGRADE, useClientProtocol: true}}}'),
    `error field-conflict ${at}.connectionPool.http.useClientProtocol`,
  ],
  [
    'has a port for port settings',
    policy('{portLevelSettings: [{tls: {mode: SIMPLE}}]}'),
    `error port-invalid ${at}.portLevelSettings[0]`,
  ],
  [
    'may have an empty port for port settings',
    policy('{portLevelSettings: [{port: {}, tls: {mode: SIMPLE}}]}'),
  ],
  ['may have a retry budget alone', policy('{retryBudget: {budgetInterval: 1s}}')],
  [
    'keeps connections alive with both durations',
    policy('{connectionPool: {http: {http2KeepAlive: {interval: 0s}}}}'),
    `error duration-invalid ${at}.connectionPool.http.http2KeepAlive`,
    `error duration-invalid ${at}.connectionPool.http.http2KeepAlive.interval`,
  ],
  ['may have a long label value', `host: a\nsubsets: [{name: a, labels: {a: ${'b'.repeat(64)}}}]`],
  [
    'verifies no names without verification',
    policy('{tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: [a]}}'),
    `error client-tls-invalid ${at}.tls.subjectAltNames`,
  ],
  [
    'may have an empty list of names',
    policy('{tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: []}}'),
  ],
  [
    'takes credentials from a ConfigMap of its own namespace',
    policy('{tls: {mode: SIMPLE, credentialName: "configmap://other/ca"}}'),
    `error client-tls-invalid ${at}.tls.credentialName`,
  ],
  [
    'names the ConfigMap',
    policy('{tls: {mode: MUTUAL, credentialName: "configmap://ca"}}'),
    `error client-tls-invalid ${at}.tls.credentialName`,
  ],
  [
    'may have a locality with empty parts at its end',
    balancer('{localityLbSetting: {distribute: [{from: a/b/c/, to: {"a/*": 100}}]}}'),
  ],
  [
    'has no locality that lies within another',
    balancer('{localityLbSetting: {distribute: [{from: a/b/c, to: {d: 100}}, {from: a/b, to: {d: 100}}]}}'),
    `error load-balancer-invalid ${at}.loadBalancer.localityLbSetting.distribute`,
  ],
  [
    'has port settings that say something',
    policy('{portLevelSettings: [{port: {number: 80}}]}'),
    `error policy-empty ${at}.portLevelSettings[0]`,
  ],
  [
    'knows zones, which Envoy orders itself',
    balancer('{zoneAwareLbSetting: {enabled: true, minClusterSize: 1, failover: [{from: a, to: b}]}}'),
    `warning load-balancer-invalid ${at}.loadBalancer.zoneAwareLbSetting`,
  ],
  [
    'knows either zones or localities',
    balancer('{zoneAwareLbSetting: {enabled: true}, localityLbSetting: {enabled: true}}'),
    `error load-balancer-invalid ${at}.loadBalancer.zoneAwareLbSetting`,
  ],
  [
    'leaves zones to Envoy',
    balancer('{zoneAwareLbSetting: {failoverPriority: [topology.kubernetes.io/zone]}}'),
    `error load-balancer-invalid ${at}.loadBalancer.zoneAwareLbSetting.failoverPriority`,
    `warning load-balancer-invalid ${at}.loadBalancer.zoneAwareLbSetting`,
  ],
  [
    'names the cookie',
    balancer('{consistentHash: {httpCookie: {ttl: 0s}}}'),
    `error load-balancer-invalid ${at}.loadBalancer.consistentHash.httpCookie`,
  ],
  [
    'has each attribute of the cookie once',
    balancer('{consistentHash: {httpCookie: {name: a, attributes: [{name: b}, {name: b}]}}}'),
    `error load-balancer-invalid ${at}.loadBalancer.consistentHash.httpCookie.attributes[1].name`,
  ],
  [
    'names every attribute of the cookie',
    balancer('{consistentHash: {httpCookie: {name: a, attributes: [{value: b}]}}}'),
    `error load-balancer-invalid ${at}.loadBalancer.consistentHash.httpCookie.attributes[0]`,
  ],
  [
    'has a cookie that cannot end its header line',
    balancer('{consistentHash: {httpCookie: {name: "a\\r\\nx: 1", path: "/č\\u010aEvil: 1", ttl: 0s}}}'),
    `error cookie-unsafe ${at}.loadBalancer.consistentHash.httpCookie.name`,
    `error cookie-unsafe ${at}.loadBalancer.consistentHash.httpCookie.path`,
  ],
  [
    'has a cookie attribute on one line',
    balancer('{consistentHash: {httpCookie: {name: a, attributes: [{name: b, value: "c\\nd"}]}}}'),
    `warning envoy-refuses-character ${at}.loadBalancer.consistentHash.httpCookie.attributes[0].value`,
  ],
  [
    'hashes by a header with a name',
    balancer('{consistentHash: {httpHeaderName: ""}}'),
    `warning envoy-refuses-length ${at}.loadBalancer.consistentHash.httpHeaderName`,
  ],
  [
    'hashes by a query parameter with a name',
    balancer('{consistentHash: {httpQueryParameterName: ""}}'),
    `warning envoy-refuses-length ${at}.loadBalancer.consistentHash.httpQueryParameterName`,
  ],
  [
    'has a prime table',
    balancer('{consistentHash: {httpHeaderName: a, maglev: {tableSize: 100}}}'),
    `error load-balancer-invalid ${at}.loadBalancer.consistentHash.maglev.tableSize`,
  ],
  [
    'has a table below the limit',
    balancer('{consistentHash: {httpHeaderName: a, maglev: {tableSize: 5000011}}}'),
    `error load-balancer-invalid ${at}.loadBalancer.consistentHash.maglev.tableSize`,
  ],
  ['may have a prime table', balancer('{consistentHash: {httpHeaderName: a, maglev: {tableSize: 65537}}}')],
  [
    'may have the deprecated ring size',
    balancer('{consistentHash: {httpHeaderName: a, minimumRingSize: 10}}'),
    `warning field-deprecated ${at}.loadBalancer.consistentHash.minimumRingSize`,
  ],
  [
    'may balance simply and by a hash, for Istio',
    balancer('{simple: RANDOM, consistentHash: {httpHeaderName: a}}'),
  ],
  [
    'has an unknown balancer',
    balancer('{simple: FAST}'),
    `error field-unknown-value ${at}.loadBalancer.simple`,
  ],
  [
    'warms up for a while',
    balancer('{warmup: {aggression: 0}}'),
    `error load-balancer-invalid ${at}.loadBalancer.warmup`,
    `error load-balancer-invalid ${at}.loadBalancer.warmup.aggression`,
  ],
  [
    'distributes 100',
    balancer('{localityLbSetting: {distribute: [{from: a, to: {b: 50}}]}}'),
    `error load-balancer-invalid ${at}.loadBalancer.localityLbSetting.distribute[0].to`,
  ],
  [
    'fails over to another region',
    balancer('{localityLbSetting: {failover: [{from: a, to: a}]}}'),
    `warning load-balancer-invalid ${at}.loadBalancer.localityLbSetting`,
    `error load-balancer-invalid ${at}.loadBalancer.localityLbSetting.failover[0]`,
  ],
  [
    'counts errors the new way',
    policy('{outlierDetection: {consecutiveErrors: 3}}'),
    `warning field-deprecated ${at}.outlierDetection.consecutiveErrors`,
  ],
  [
    'tells local failures apart',
    policy('{outlierDetection: {consecutiveLocalOriginFailures: 3}}'),
    `error outlier-detection-invalid ${at}.outlierDetection.consecutiveLocalOriginFailures`,
  ],
  [
    'ejects a percentage',
    policy('{outlierDetection: {maxEjectionPercent: 101}}'),
    `error percentage-invalid ${at}.outlierDetection.maxEjectionPercent`,
  ],
  [
    'has certificates for MUTUAL',
    policy('{tls: {mode: MUTUAL}}'),
    `error client-tls-invalid ${at}.tls`,
    `error client-tls-invalid ${at}.tls`,
  ],
  ['may have a credential for MUTUAL', policy('{tls: {mode: MUTUAL, credentialName: a}}')],
  [
    'has a credential or certificates',
    policy('{tls: {mode: SIMPLE, credentialName: a, caCertificates: b}}'),
    `error client-tls-invalid ${at}.tls.caCertificates`,
  ],
  ['tunnels to a name or an address', policy('{tunnel: {targetHost: a.com, targetPort: 1}}')],
  ['tunnels to an address', policy('{tunnel: {targetHost: 2001:db8::1, targetPort: 1}}')],
  [
    'tunnels to nothing else',
    policy('{tunnel: {targetHost: "a b", targetPort: 1}}'),
    `error tunnel-invalid ${at}.tunnel.targetHost`,
  ],
  [
    'may skip a verification that there is none of',
    policy('{tls: {mode: DISABLE, insecureSkipVerify: true, caCertificates: /a}}'),
  ],
  [
    'has no locality after one for all of its zones',
    balancer('{localityLbSetting: {distribute: [{from: a, to: {d: 100}}, {from: a/*, to: {d: 100}}]}}'),
    `error load-balancer-invalid ${at}.loadBalancer.localityLbSetting.distribute`,
  ],
  [
    'may have a locality beside another of the same region',
    balancer('{localityLbSetting: {distribute: [{from: a/b, to: {d: 100}}, {from: a/c, to: {d: 100}}]}}'),
  ],
  [
    'tunnels or speaks the proxy protocol',
    policy('{tunnel: {targetHost: a, targetPort: 1}, proxyProtocol: {version: V1}}'),
    `error tunnel-invalid ${at}`,
  ],
  [
    'selects without wildcards',
    'host: a\nworkloadSelector: {matchLabels: {a: "*"}}',
    'error selector-invalid spec.workloadSelector.matchLabels.a',
  ],
  [
    'selects in its own namespace',
    'host: a\nexportTo: [b]\nworkloadSelector: {matchLabels: {a: b}}',
    'error export-to-invalid spec.exportTo',
  ],
];

describe('a DestinationRule', () => {
  it.each(rows)('%s', (_when, spec, ...found) => {
    const verdict = findings(destinationRuleOf(spec)).filter(
      (line) => !line.includes(' field-not-modelled '),
    );
    expect(verdict).toEqual(found);
  });
});
