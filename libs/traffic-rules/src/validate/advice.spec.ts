import { destinationRuleOf, serviceEntryOf, virtualServiceOf } from '../../test/issues.js';
import { parse } from '../parse/parse.js';
import { validate } from './validate.js';

/** `path: message` of everything that is said of a text, but for what the local mesh alone does otherwise. */
function said(text: string): string[] {
  const { resources, issues } = parse(text, 'rules.yaml');
  return [...issues, ...validate(resources)]
    .filter(({ code }) => code !== 'field-not-modelled')
    .map(({ path, message }) => `${path}: ${message}`);
}

const policy = (text: string) => destinationRuleOf(`host: a\ntrafficPolicy: ${text}`);
const at = 'spec.trafficPolicy';
const hash = `${at}.loadBalancer.consistentHash`;
const http = (text: string) => virtualServiceOf(`hosts: [a.com]\nhttp: [{${text}}]`);
const to = 'route: [{destination: {host: a}}]';

describe('a DestinationRule is told what to write', () => {
  it.each([
    [
      '{tls: {mode: SIMPLE, credentialName: "configmap://other/ca"}}',
      `${at}.tls.credentialName: "configmap://other/ca" is in another namespace than the DestinationRule; write configmap://hello-page/ca.`,
    ],
    ...['configmap://', 'configmap://hello-page', 'configmap://hello-page/'].map((credential) => [
      `{tls: {mode: SIMPLE, credentialName: "${credential}"}}`,
      `${at}.tls.credentialName: "${credential}" does not name a namespace and a ConfigMap; write configmap://hello-page/NAME.`,
    ]),
    [
      '{tls: {mode: SIMPLE, credentialName: "configmap:///ca"}}',
      `${at}.tls.credentialName: "configmap:///ca" does not name a namespace and a ConfigMap; write configmap://hello-page/ca.`,
    ],
    [
      '{tls: {mode: MUTUAL, clientCertificate: /a}}',
      `${at}.tls: mode MUTUAL needs privateKey; write it, or credentialName.`,
    ],
    [
      '{tls: {mode: MUTUAL, privateKey: /a}}',
      `${at}.tls: mode MUTUAL needs clientCertificate; write it, or credentialName.`,
    ],
    ...['clientCertificate', 'privateKey', 'caCertificates', 'caCrl'].map((field) => [
      `{tls: {mode: SIMPLE, credentialName: a, ${field}: /b}}`,
      `${at}.tls.${field}: ${field} cannot be combined with credentialName; keep one of the two.`,
    ]),
    ...['caCertificates: /a', 'credentialName: a', 'subjectAltNames: [a]'].map((text) => {
      const field = text.replace(/:.*/, '');
      return [
        `{tls: {mode: SIMPLE, insecureSkipVerify: true, ${text}}}`,
        `${at}.tls.${field}: insecureSkipVerify turns off the check that ${field} is for; keep one of the two.`,
      ];
    }),
    [
      '{loadBalancer: {consistentHash: {httpCookie: {ttl: 0s}}}}',
      `${hash}.httpCookie: the cookie has no name; write httpCookie: { name: user, ttl: 0s }.`,
    ],
    [
      '{loadBalancer: {consistentHash: {httpHeaderName: a, minimumRingSize: 10}}}',
      `${hash}.minimumRingSize: minimumRingSize is deprecated here; write ringHash: { minimumRingSize: 1024 }.`,
    ],
    [
      '{loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {tableSize: 8}}}}',
      `${hash}.maglev.tableSize: the table size is 8; write a prime number below 5000011, for instance 65537.`,
    ],
    [
      '{loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 10s, minimumPercent: 101}}}',
      `${at}.loadBalancer.warmup.minimumPercent: the percentage is 101; write a number from 0 to 100.`,
    ],
    [
      '{loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 10s, aggression: 0}}}',
      `${at}.loadBalancer.warmup.aggression: aggression is 0; write 1 or more.`,
    ],
    [
      '{loadBalancer: {simple: ROUND_ROBIN, warmup: {aggression: 2}}}',
      `${at}.loadBalancer.warmup: the warm-up has no duration; write duration: 30s.`,
    ],
  ] as Array<[string, string]>)('%s', (text, expected) => {
    expect(said(policy(text))).toEqual([expected]);
  });

  it.each([
    '{tls: {mode: MUTUAL, insecureSkipVerify: true, credentialName: a}}',
    '{tls: {mode: SIMPLE, credentialName: "configmap://hello-page/ca"}}',
    '{tls: {mode: SIMPLE, credentialName: "configmap:/other/ca"}}',
    ...[1, 2, 3, 5, 9973, 65537].map(
      (size) => `{loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {tableSize: ${size}}}}}`,
    ),
  ])('nothing of %s', (text) => {
    expect(said(policy(text))).toEqual([]);
  });

  it.each([4, 9, 15, 25, 5_000_011])('a table of %d for maglev is none', (size) => {
    expect(
      said(policy(`{loadBalancer: {consistentHash: {httpHeaderName: a, maglev: {tableSize: ${size}}}}}`)),
    ).toEqual([expect.stringContaining(`the table size is ${size};`)]);
  });
});

describe('a VirtualService is told what to write', () => {
  const fault = 'spec.http[0].fault';

  it.each([
    [
      `match: [{headers: {":foo": {exact: a}}}], ${to}`,
      'spec.http[0].match[0].headers.:foo: ":foo" is not a header name; write letters, digits and "-", for instance user, or one of :method, :scheme, :authority, :path, :status.',
    ],
    [
      `match: [{headers: {"": {exact: a}}}], ${to}`,
      'spec.http[0].match[0].headers[""]: the header name is empty; write letters, digits and "-", for instance user, or one of :method, :scheme, :authority, :path, :status.',
    ],
    [
      `fault: {}, ${to}`,
      `${fault}: the fault has neither delay nor abort; write one of them, or leave the fault out.`,
    ],
    [
      `fault: {delay: {exponentialDelay: 1s, percentage: {value: 1}}}, ${to}`,
      `${fault}.delay.exponentialDelay: exponentialDelay is not implemented in Istio yet; write fixedDelay.`,
    ],
    [
      `fault: {delay: {fixedDelay: 1s, percent: 7}}, ${to}`,
      `${fault}.delay.percent: percent is deprecated; write percentage: { value: 7 }.`,
    ],
    [
      `fault: {abort: {http2Error: a, percentage: {value: 1}}}, ${to}`,
      `${fault}.abort.http2Error: http2Error is not implemented in Istio yet; write httpStatus.`,
    ],
    [
      `fault: {abort: {percentage: {value: 1}}}, ${to}`,
      `${fault}.abort: the abort has no status and so does nothing; write httpStatus: 503.`,
    ],
    [
      `fault: {abort: {httpStatus: 503, percentage: {value: 100.5}}}, ${to}`,
      `${fault}.abort.percentage.value: the percentage is 100.5; write 0, or a number from 0.0001 to 100.`,
    ],
    [
      `directResponse: {status: 200, body: {string: "${'a'.repeat(1_048_577)}"}}`,
      'spec.http[0].directResponse.body: the body has 1048577 bytes; write at most 1048576.',
    ],
    [
      `mirror: {host: b}, mirrorPercent: 101, ${to}`,
      'spec.http[0].mirrorPercent: mirrorPercent is 101; write a number from 0 to 100.',
    ],
  ])('%.100s', (text, expected) => {
    expect(said(http(text))).toContain(expected);
  });

  it.each(['0.0001', '100', '0'])('nothing of a percentage of %s', (value) => {
    expect(said(http(`fault: {abort: {httpStatus: 503, percentage: {value: ${value}}}}, ${to}`))).toEqual([]);
  });
});

it.each([
  ['resolution: STATIC\nendpoints: [{address: ""}]', 'spec.endpoints[0]'],
  ['resolution: STATIC\nendpoints: [{address: a.b.c}]', 'spec.endpoints[0].address'],
])('an endpoint of a ServiceEntry is named: %s', (text, path) => {
  const ports = 'ports: [{number: 80, name: http, protocol: HTTP}]';
  expect(said(serviceEntryOf(`hosts: [a.com]\n${ports}\n${text}`))[0]).toMatch(
    new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `),
  );
});
