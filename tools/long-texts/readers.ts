import { runInNewContext } from 'node:vm';
import { parseCases } from '../../apps/grayscale/src/cases/cases-file.js';
import { checkUserName } from '../../apps/hello-page/src/greeting/user-name.js';
import { preferredLanguage, prefersHtml } from '../../apps/hello-page/src/live-page/negotiation.js';
import { parseResolveOverride } from '../../apps/local-mesh/src/command-line/resolve-override.js';
import { credentialsOf } from '../../apps/local-mesh/src/gateway/credentials.js';
import { parsePortMapping } from '../../apps/local-mesh/src/listeners/port-mapping.js';
import { serverNameOf } from '../../apps/local-mesh/src/proxy/downstream/server-name.js';
import { BodyDecoder } from '../../apps/local-mesh/src/proxy/http1/body-decoder.js';
import { HeadReader } from '../../apps/local-mesh/src/proxy/http1/head-reader.js';
import { checkRequestStart, parseRequestHead } from '../../apps/local-mesh/src/proxy/http1/request-head.js';
import { parseResponseHead } from '../../apps/local-mesh/src/proxy/http1/response-head.js';
import { decodeRequest } from '../../apps/local-mesh/src/proxy/http2/message-decoder.js';
import { connectAuthority, requestTarget } from '../../apps/local-mesh/src/proxy/target.js';
import { loadLibrary, readText } from '../../libs/cluster-client/src/kube-config.js';
import { duration, labels, namespace } from '../../libs/command-line/src/option-values.js';
import { membersOf } from '../../libs/header-propagation/src/rules/baggage.js';
import { cookieValue } from '../../libs/header-propagation/src/rules/cookie.js';
import { queryValues } from '../../libs/header-propagation/src/rules/query.js';
import { checkManifests } from '../../libs/manifest-files/src/index.js';
import { parseKustomization } from '../../libs/manifest-files/src/kustomize/kustomization.js';
import { readPlan } from '../../libs/release/src/index.js';
import { parseExposition } from '../../libs/request-counts/src/exposition.js';
import { hostName, httpUrl, percentage, readSettings } from '../../libs/service-runtime/src/settings.js';
import { requestFromUrl } from '../../libs/traffic-rules/src/index.js';
import { fields } from './fields.js';

/** More than any text takes on a busy machine, and less than one does that takes time by the square of its length. */
const limitMs = 60_000;
const workload = { namespace: 'default', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;

function check(text: string): void {
  const files = [{ path: 'long.yaml', text, overrides: { labels: {}, annotations: {} } }];
  checkManifests({ files, issues: [], tracked: [] }, workload);
}

/** What the others are refused for is not what this one is. */
function attempt(read: () => unknown): void {
  try {
    read();
  } catch {
    // Refused.
  }
}

/** As a connection has it: looked at, then collected, then parsed. */
function readHead(text: string): void {
  checkRequestStart(text.slice(0, 1000));
  const bytes = Buffer.from(`${text}\r\n\r\n`, 'latin1');
  parseRequestHead(new HeadReader(2 * bytes.length).read(bytes, 0) ?? '', 100);
}

/** Plans with a text, in double quotes, in fields of each kind. */
const plans: ReadonlyArray<(value: string) => string> = [
  (value) => `targets: [{virtualService: ${value}, stable: ${value}, canary: ${value}, rule: ${value}}]`,
  (value) => `callers: [{workload: ${value}, namespace: ${value}}]`,
  (value) => `users: [{header: ${value}, exact: [${value}], regex: ${value}}]`,
  (value) => `steps: [{percent: ${value}, hold: ${value}}]`,
  (value) => `guards: [{name: ${value}, max: ${value}, ratio: ${value}}]`,
  (value) => `webhooks: [{name: ${value}, url: ${value}}]`,
];
/** Kubeconfigs with a text, in double quotes, in fields of each kind. */
const kubeConfigs: ReadonlyArray<(value: string) => string> = [
  (value) =>
    `clusters: [{name: ${value}, cluster: {server: ${value}, certificate-authority-data: ${value}}}]`,
  (value) =>
    `users: [{name: ${value}, user: {token: ${value}, client-key-data: ${value}, tokenFile: ${value}}}]`,
  (value) =>
    `contexts: [{name: ${value}, context: {cluster: ${value}, user: ${value}}}]\ncurrent-context: ${value}`,
];
const { KubeConfig } = await loadLibrary();
const readKubeConfig = (text: string) => readText(new KubeConfig(), text, '/');

const pem = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

/** Entries of the Secret of a gateway's server, which asks for certificates of its clients. */
function readCertificates(text: string): void {
  const secret = { kind: 'secret', namespace: 'a', name: 'b' } as const;
  const entry = Buffer.from(text);
  const entries = { 'tls.crt': entry, 'tls.key': entry, 'ca.crt': entry, 'ca.crl': entry };
  const clients = {
    ...{ required: true, unverified: false, authorities: secret, subjectAltNames: [text] },
    fingerprints: { certificate: [], publicKey: [] },
  };
  const secrets = new Map([['Secret a/b', entries]]);
  credentialsOf(
    { certificates: [secret], clients, cipherSuites: [] },
    { secrets, given: undefined, selfSigned: undefined },
  );
}

/** A record of TLS, in it a ClientHello of as many bytes as there can be. */
const greeting = Buffer.from([22, 3, 1, 0xff, 0xff, 1, 0, 0xff, 0xff, 3, 3, ...new Uint8Array(32)]);

const readers: Record<string, (text: string) => unknown> = {
  'a manifest': check,
  'a manifest behind another document': (text) => check(`kind: a\n---\n${text}`),
  'a manifest before another document': (text) => check(`${text}\n---\nkind: a\n`),
  'a block scalar': (text) => check(`a: |\n  ${text.replaceAll('\n', '\n  ')}`),
  'a comment': (text) => check(`# ${text.replaceAll('\n', '\n# ')}\n---\n`),
  'test cases': (text) => parseCases(text, 'cases.yaml'),
  'the fields of a test case': (text) => {
    const value = JSON.stringify(text);
    parseCases(
      `testCases: [{request: {authority: [${value}], uri: [${value}], headers: {${value}: ${value}}}}]`,
      'a',
    );
  },
  'a kustomization': (text) => parseKustomization(text, 'kustomization.yaml'),
  'the fields of a kustomization': (text) =>
    parseKustomization(
      `resources: [${JSON.stringify(text)}]\nnamespace: ${JSON.stringify(text)}\n`,
      'k.yaml',
    ),
  'a URL': (url) => requestFromUrl({ url }),
  'a method': (method) => requestFromUrl({ url: 'a.com', method }),
  'a header': (text) => requestFromUrl({ url: 'a.com', headers: [text, `a: ${text}`, `host: ${text}`] }),
  labels,
  'a namespace': namespace,
  'an override of a name': parseResolveOverride,
  'a port of --listen': parsePortMapping,
  'a port of --listen, its parts': (text) => {
    for (const whole of [`${text}=a:80`, `80=${text}`, `80=${text}:80`, `[${text}]:80=a:80`])
      attempt(() => parsePortMapping(whole));
  },
  'a time': duration,
  'a plan': (text) => readPlan(text, 'plan.yaml'),
  'a kubeconfig': readKubeConfig,
  'fields of a kubeconfig': (text) => {
    for (const fields of kubeConfigs) attempt(() => readKubeConfig(fields(JSON.stringify(text))));
  },
  'certificates of a gateway': (text) => {
    for (const content of [text, pem('CERTIFICATE', text), pem('PRIVATE KEY', text)])
      attempt(() => readCertificates(content));
  },
  'metrics of a service': (text) => parseExposition(text, new Set(['a'])),
  'lines of metrics': (text) => parseExposition(`a{b="${text}"} ${text}\n${text}\n`, new Set(['a'])),
  'labels of metrics': (text) => parseExposition(`a{${text}} 1\n`, new Set(['a'])),
  'the head of a request': (text) => {
    for (const head of [
      text,
      `GET ${text} HTTP/1.1`,
      `GET / HTTP/1.1\r\n${text}`,
      `GET / HTTP/1.1\r\na: ${text}`,
    ])
      attempt(() => readHead(head));
  },
  'the head of an answer': (text) => {
    for (const head of [
      text,
      `HTTP/1.1 200 ${text}`,
      `HTTP/1.1 200 OK\r\n${text}`,
      `HTTP/1.1 200 OK\r\na: ${text}`,
    ])
      attempt(() => parseResponseHead(head, 'GET', 100));
  },
  'headers of HTTP/2': (text) =>
    decodeRequest([':method', text, ':path', text, ':authority', text, 'cookie', text, text, text], false),
  'the address of a request': (text) => {
    const head = parseRequestHead('GET / HTTP/1.1\r\nhost: a', 100);
    for (const target of [text, `http://${text}`, `http://${text}/`, `http://a/${text}`, `/${text}`])
      attempt(() => requestTarget({ ...head, target }, undefined));
    connectAuthority(text);
  },
  'a body in chunks': (text) => {
    const sink = { onData() {}, onEnd() {} };
    for (const body of [text, `1;${text}`, `1\r\na\r\n0\r\n${text}`, `0\r\na: ${text}\r\n\r\n`])
      attempt(() => new BodyDecoder({ kind: 'chunked' }, sink).feed(Buffer.from(body, 'latin1'), 0));
  },
  'a greeting of TLS': (text) => serverNameOf(Buffer.concat([greeting, Buffer.from(text, 'latin1')])),
  settings: (text) =>
    readSettings({ A: hostName('a'), B: httpUrl(), C: percentage(0) }, { A: text, B: text, C: text }),
  'a name of a user': (text) => checkUserName(`/page?name=${text}&${text}`),
  'what a browser accepts': (text) => [
    prefersHtml({ accept: text }),
    preferredLanguage({ accept: text, 'accept-language': text }, ['en', 'zh']),
  ],
  'headers that are passed on': (text) => [
    membersOf(text),
    cookieValue(text, 'a'),
    queryValues(`/?${text}`, 'a'),
  ],
};
for (const [index, spec] of plans.entries())
  readers[`field ${index} of a plan`] = (text) =>
    readPlan(
      `apiVersion: grayscale.dev/v1alpha1\nkind: GrayRelease\nspec:\n  ${spec(JSON.stringify(text))}\n`,
      'plan.yaml',
    );
for (const [index, manifest] of fields.entries())
  readers[`field ${index} of a document`] = (text) => check(manifest(JSON.stringify(text)));

/** Everything of ours that reads what a person or another program wrote. */
export const readerNames: readonly string[] = Object.keys(readers);

/**
 * Whether the reader comes to an end in good time; that it refuses the text is fine.
 * @returns the processor time that it took, in ms
 */
export function readInTime(name: string, text: string): number {
  const before = process.cpuUsage();
  const work = () => attempt(() => readers[name]?.(text));
  runInNewContext('work()', { work }, { timeout: limitMs });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
