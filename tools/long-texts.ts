import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { parseCases } from '../apps/grayscale/src/cases/cases-file.js';
import { checkUserName } from '../apps/hello-page/src/greeting/user-name.js';
import { preferredLanguage, prefersHtml } from '../apps/hello-page/src/live-page/negotiation.js';
import { parseResolveOverride } from '../apps/local-mesh/src/command-line/resolve-override.js';
import { labels, namespace } from '../libs/command-line/src/option-values.js';
import { membersOf } from '../libs/header-propagation/src/rules/baggage.js';
import { cookieValue } from '../libs/header-propagation/src/rules/cookie.js';
import { queryValues } from '../libs/header-propagation/src/rules/query.js';
import { checkManifests } from '../libs/manifest-files/src/index.js';
import { parseKustomization } from '../libs/manifest-files/src/kustomize/kustomization.js';
import { hostName, httpUrl, percentage, readSettings } from '../libs/service-runtime/src/settings.js';
import { requestFromUrl } from '../libs/traffic-rules/src/index.js';

/** More than any text takes on a busy machine, and less than one does that takes time by the square of its length. */
const limitMs = 60_000;
const workload = { namespace: 'default', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;

function check(text: string): void {
  const files = [{ path: 'long.yaml', text, overrides: { labels: {}, annotations: {} } }];
  checkManifests({ files, issues: [], tracked: [] }, workload);
}

const virtualService = (spec: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec: ${spec}\n`;
const rule = (fields: string) =>
  virtualService(`{hosts: [a.com], http: [{${fields}, route: [{destination: {host: b.com}}]}]}`);
const entry = (fields: string) =>
  `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec: {hosts: [a.com], ${fields}}\n`;
const policy = (fields: string) =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a}\nspec: {host: a.com, ${fields}}\n`;

/** Documents with a text, in double quotes, in a field of each kind. */
const documents: ReadonlyArray<(value: string) => string> = [
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

/** Everything of ours that reads what a person or another program wrote. */
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
  settings: (text) =>
    readSettings({ A: hostName('a'), B: httpUrl(), C: percentage(0) }, { A: text, B: text, C: text }),
  'a name of a user': (text) => checkUserName(`/page?name=${text}&${text}`),
  'what a browser accepts': (text) => [
    prefersHtml({ accept: text }),
    preferredLanguage({ accept: text, 'accept-language': text }),
  ],
  'headers that are passed on': (text) => [
    membersOf(text),
    cookieValue(text, 'a'),
    queryValues(`/?${text}`, 'a'),
  ],
};
for (const [index, document] of documents.entries())
  readers[`field ${index} of a document`] = (text) => check(document(JSON.stringify(text)));

const units = [
  ...'a1#%-:,.?*&!|>@~\\/"\'`$^()[]{}<>=_ \t\n\r;+\u0000é你',
  ...[
    '# x ',
    '# x\n',
    '- ',
    'a: ',
    'a: b\n',
    '- a\n',
    '---\n',
    '--- #\n',
    '...\n',
    'a.',
    '.a',
    '1.',
    '1s',
    '0.0s',
    'ab',
    '%A(',
    '%%',
  ],
  ...[
    'a,',
    'a=b,',
    'a;q=1,',
    'a/b,',
    '::',
    '[]',
    '{}',
    '[a, ',
    '{a: ',
    '()',
    '(a+)',
    'a*',
    '(a|a)*',
    '\\"',
    '\\/',
    '*.',
    '/*',
    '//',
    '%41',
    '%',
    '&a ',
    '*a ',
    'a b',
  ],
];

/** A text of one unit repeated, with something before it and behind it. */
export function longTexts(length: number): fc.Arbitrary<string> {
  const end = fc.constantFrom('', ...units, 'x', 'X', ' ', '"');
  return fc
    .tuple(end, fc.constantFrom(...units), fc.constantFrom('', ...units), end)
    .map(([before, unit, second, behind]) => {
      const both = unit + second;
      return before + both.repeat(Math.ceil(length / both.length)) + behind;
    });
}

export const readerNames: fc.Arbitrary<string> = fc.constantFrom(...Object.keys(readers));

/** Whether the reader comes to an end in good time; that it refuses the text is fine. @returns how long it took, in ms */
export function readInTime(name: string, text: string): number {
  const start = performance.now();
  const work = () => {
    try {
      readers[name]?.(text);
    } catch {
      // Refused.
    }
  };
  runInNewContext('work()', { work }, { timeout: limitMs });
  return performance.now() - start;
}
