const virtualService = (spec: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec: ${spec}\n`;
const rule = (fields: string) =>
  virtualService(`{hosts: [a.com], http: [{${fields}, route: [{destination: {host: b.com}}]}]}`);
const entry = (fields: string) =>
  `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {hosts: [a.com], ${fields}}\n`;
const policy = (fields: string) =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\nspec: {host: a.com, ${fields}}\n`;

/** Manifests with a text, in double quotes, in fields of each kind. */
export const fields: ReadonlyArray<(value: string) => string> = [
  (value) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${value}, namespace: ${value}}\n`,
  (value) => `apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {${value}: ${value}}}\n`,
  (value) => `apiVersion: ${value}\nkind: ${value}\n`,
  (value) => virtualService(`{hosts: [${value}], gateways: [${value}], exportTo: [${value}]}`),
  (value) => rule(`name: ${value}, timeout: ${value}`),
  (value) => rule(`match: [{uri: {regex: ${value}}}]`),
  (value) => rule(`match: [{uri: {prefix: ${value}}, headers: {${value}: {exact: ${value}}}}]`),
  (value) => rule(`match: [{sourceLabels: {${value}: ${value}}, sourceNamespace: ${value}}]`),
  (value) => rule(`headers: {request: {set: {${value}: a, b: ${value}}, remove: [${value}]}}`),
  (value) => rule(`rewrite: {uri: ${value}, authority: ${value}}`),
  (value) => rule(`rewrite: {uriRegexRewrite: {match: ${value}, rewrite: ${value}}}`),
  (value) => rule(`retries: {attempts: 1, perTryTimeout: ${value}, retryOn: ${value}}`),
  (value) =>
    rule(`corsPolicy: {allowOrigins: [{regex: ${value}}], allowHeaders: [${value}], maxAge: ${value}}`),
  (value) => rule(`fault: {delay: {fixedDelay: ${value}, percentage: {value: 1}}}`),
  (value) => rule(`mirror: {host: ${value}, subset: ${value}}`),
  (value) => entry(`addresses: [${value}], ports: [{number: 80, name: ${value}, protocol: ${value}}]`),
  (value) => entry(`endpoints: [{address: ${value}, locality: ${value}, labels: {${value}: a}}]`),
  (value) => policy(`subsets: [{name: ${value}, labels: {${value}: ${value}}}]`),
  (value) =>
    policy(
      `trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: ${value}, to: {${value}: 100}}]}}}`,
    ),
  (value) =>
    policy(
      `trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: ${value}, path: ${value}, ttl: ${value}}}}}`,
    ),
  (value) =>
    policy(
      `trafficPolicy: {tls: {mode: SIMPLE, sni: ${value}, credentialName: ${value}, subjectAltNames: [${value}]}}`,
    ),
];
