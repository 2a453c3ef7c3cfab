/** So many times, each with its number. */
function times(count: number, one: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => one(index)).join('');
}

/** So many of them as make up a text of that length. */
function filled(length: number, one: (index: number) => string, around: (all: string) => string): string {
  const count = Math.floor(length / one(Math.floor(length / 20)).length);
  return around(times(count, one));
}

function document(kind: string, spec: string, apiVersion = 'networking.istio.io/v1'): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a, namespace: b}\nspec: ${spec}\n`;
}
const route = 'route: [{destination: {host: b.com}}]';
const virtualService = (http: string) => document('VirtualService', `{hosts: [a.com], http: [${http}]}`);
const destinationRule = (fields: string) => document('DestinationRule', `{host: a.com, ${fields}}`);

/** YAML that is long by its structure, not by one text in it. */
const shapes: Record<string, (length: number) => string> = {
  'lists in lists': (length) => '['.repeat(length),
  'lists in lists that end': (length) => '['.repeat(length / 2) + ']'.repeat(length / 2),
  'mappings in mappings': (length) => '{a: '.repeat(length / 4),
  'lists that indentation opens': (length) => '- '.repeat(length / 2),
  'mappings that indentation opens': (length) =>
    times(Math.floor(Math.sqrt(length)), (depth) => `${' '.repeat(depth)}a:\n`),
  'a hundred levels again and again': (length) =>
    filled(
      length,
      () => `- ${'['.repeat(90)}${']'.repeat(90)}\n`,
      (all) => all,
    ),
  'explicit keys': (length) => '? '.repeat(length / 2),
  'explicit keys in lines': (length) => '? a\n'.repeat(length / 4),
  'colons in braces': (length) => `{${': '.repeat(length / 2)}}`,
  'keys that may come': (length) => `[${'a '.repeat(length / 2)}]`,
  tags: (length) => '!a '.repeat(length / 3),
  anchors: (length) =>
    filled(
      length,
      (i) => `&a${i} b, `,
      (all) => `[${all}]`,
    ),
  'one anchor again and again': (length) => `[${'&a b, '.repeat(length / 6)}]`,
  aliases: (length) => `a: &a b\nc: [${'*a, '.repeat(length / 4)}]`,
  'aliases of what is not there': (length) => `[${'*a, '.repeat(length / 4)}]`,
  'aliases of lists of aliases': (length) =>
    `a0: &a0 [b]\n${filled(
      length,
      (i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]\n`,
      (all) => all,
    )}`,
  'aliases of a large list': (length) =>
    `a: &a [${'b, '.repeat(length / 6)}]\nc: [${'*a, '.repeat(length / 8)}]`,
  'aliases of themselves': (length) =>
    filled(
      length,
      (i) => `a${i}: &a${i} [*a${i}]\n`,
      (all) => all,
    ),
  'merged mappings': (length) => `a: &a {b: 1}\nc: [${'{<<: *a}, '.repeat(length / 10)}]`,
  'merged lists of mappings': (length) => `a: &a {b: 1}\nc: {<<: [${'*a, '.repeat(length / 4)}]}`,
  'merged mappings, each into the next': (length) =>
    `a0: &a0 {b: 1}\n${filled(
      length,
      (i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, b${i}: 1}\n`,
      (all) => all,
    )}`,
  'a large mapping that is merged again and again': (length) =>
    `a: &a {${filled(
      length / 2,
      (i) => `k${i}: 1, `,
      (all) => all,
    )}}\nc: [${'{<<: *a}, '.repeat(length / 20)}]`,
  keys: (length) =>
    filled(
      length,
      (i) => `k${i}: 1\n`,
      (all) => all,
    ),
  'one key again and again': (length) => 'k: 1\n'.repeat(length / 5),
  'a long key': (length) => `${'k'.repeat(length)}: 1`,
  'long keys in quotes': (length) =>
    filled(
      length,
      (i) => `"${'k'.repeat(1000)}${i}": 1\n`,
      (all) => all,
    ),
  'keys in braces': (length) =>
    filled(
      length,
      (i) => `k${i}: 1, `,
      (all) => `{${all}}`,
    ),
  JSON: (length) =>
    filled(
      length,
      (i) => `,"k${i}":[{"a":"\\u0041"}]`,
      (all) => `{"a":1${all}}`,
    ),
  'block scalars': (length) =>
    filled(
      length,
      (i) => `a${i}: |2+\n    b\n\n`,
      (all) => all,
    ),
  'folded lines': (length) => `a: >\n${'  b\n\n   c\n'.repeat(length / 10)}`,
  'lines in quotes': (length) => `a: "${'b \\\n  \\ c\n\n'.repeat(length / 11)}"`,
  'apostrophes in quotes': (length) => `a: '${"''".repeat(length / 2)}'`,
  'lines without quotes': (length) => `a: b\n${'  c\n\n'.repeat(length / 5)}`,
  'blank lines': (length) => `a:${'\n'.repeat(length)} b`,
  'blanks before a comment': (length) => `a: b${' '.repeat(length)}# c`,
  comments: (length) => `a: b\n${'# c\n'.repeat(length / 4)}`,
  'carriage returns': (length) => `a: b${'\r'.repeat(length)}c: d`,
  documents: (length) => '---\na: b\n'.repeat(length / 9),
  'empty documents': (length) => '---\n'.repeat(length / 4),
  'ends of documents': (length) => '...\n'.repeat(length / 4),
  directives: (length) => '%YAML 1.1\n'.repeat(length / 10),
  'directives of tags': (length) =>
    `${filled(
      length,
      (i) => `%TAG !t${i}! tag:a\n`,
      (all) => all,
    )}--- a`,
  'broken documents': (length) => '---\na: [\n'.repeat(length / 9),
  'lists of objects': (length) =>
    `apiVersion: v1\nkind: List\nitems: [${'{kind: List, items: []}, '.repeat(length / 25)}]`,
};

/** Resources with very many of something. */
const resources: Record<string, (length: number) => string> = {
  'hosts of a VirtualService': (length) =>
    filled(
      length,
      (i) => `h${i}.com, `,
      (all) => document('VirtualService', `{hosts: [${all}], http: [{${route}}]}`),
    ),
  'one host again and again': (length) =>
    document('VirtualService', `{hosts: [${'a.com, '.repeat(length / 7)}], http: [{${route}}]}`),
  'wildcards of a VirtualService': (length) =>
    filled(
      length,
      (i) => `"*.h${i}.com", `,
      (all) => document('VirtualService', `{hosts: [${all}], http: [{${route}}]}`),
    ),
  rules: (length) => filled(length, (i) => `{match: [{uri: {prefix: /p${i}}}], ${route}}, `, virtualService),
  'rules that are the same': (length) => virtualService(`{${route}}, `.repeat(length / 41)),
  'rules that do not fit': (length) => virtualService('{a: 1}, '.repeat(length / 8)),
  matches: (length) =>
    filled(
      length,
      (i) => `{uri: {regex: "/p${i}/.*"}}, `,
      (all) => virtualService(`{match: [${all}], ${route}}`),
    ),
  'headers of a match': (length) =>
    filled(
      length,
      (i) => `h${i}: {exact: a}, `,
      (all) => virtualService(`{match: [{headers: {${all}}}], ${route}}`),
    ),
  'headers that are set': (length) =>
    filled(
      length,
      (i) => `h${i}: a, `,
      (all) => virtualService(`{headers: {request: {set: {${all}}}}, ${route}}`),
    ),
  destinations: (length) =>
    filled(
      length,
      (i) => `{destination: {host: d${i}.com}, weight: 1}, `,
      (all) => virtualService(`{route: [${all}]}`),
    ),
  subsets: (length) =>
    filled(
      length,
      (i) => `{name: s${i}, labels: {a: b}}, `,
      (all) => destinationRule(`subsets: [${all}]`),
    ),
  'hosts of a ServiceEntry': (length) =>
    filled(
      length,
      (i) => `h${i}.com, `,
      (all) =>
        document(
          'ServiceEntry',
          `{hosts: [${all}], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}`,
        ),
    ),
  'ports of a ServiceEntry': (length) =>
    filled(
      length,
      (i) => `{number: ${i % 65536}, name: p${i}, protocol: HTTP}, `,
      (all) => document('ServiceEntry', `{hosts: [a.com], ports: [${all}], resolution: DNS}`),
    ),
  'endpoints of a ServiceEntry': (length) =>
    filled(
      length,
      (i) => `{address: 10.0.${(i >> 8) % 256}.${i % 256}}, `,
      (all) =>
        document(
          'ServiceEntry',
          `{hosts: [a.com], ports: [{number: 80, name: a}], resolution: STATIC, endpoints: [${all}]}`,
        ),
    ),
  'addresses of a ServiceEntry': (length) =>
    filled(
      length,
      (i) => `10.${(i >> 16) % 256}.${(i >> 8) % 256}.${i % 256}/32, `,
      (all) =>
        document(
          'ServiceEntry',
          `{hosts: [a.com], addresses: [${all}], ports: [{number: 80, name: a, protocol: TCP}]}`,
        ),
    ),
  'servers of a Gateway': (length) =>
    filled(
      length,
      (i) => `{port: {number: 80, name: p${i}, protocol: HTTP}, hosts: [h${i}.com]}, `,
      (all) => document('Gateway', `{selector: {a: b}, servers: [${all}]}`),
    ),
  'rules of an HTTPRoute': (length) =>
    filled(
      length,
      (i) => `{matches: [{path: {value: /p${i}}}], backendRefs: [{name: a, port: 80}]}, `,
      (all) =>
        document(
          'HTTPRoute',
          `{parentRefs: [{kind: Service, group: "", name: a}], rules: [${all}]}`,
          'gateway.networking.k8s.io/v1',
        ),
    ),
  'hosts of a Sidecar': (length) =>
    filled(
      length,
      (i) => `"./h${i}.com", `,
      (all) => document('Sidecar', `{egress: [{hosts: [${all}]}]}`),
    ),
  'rules of TLS': (length) =>
    filled(
      length,
      (i) => `{match: [{port: 443, sniHosts: [h${i}.com]}], ${route}}, `,
      (all) => document('VirtualService', `{hosts: ["*.com"], tls: [${all}]}`),
    ),
  'ports of a Service': (length) =>
    filled(
      length,
      (i) => `{port: ${1 + (i % 65535)}, name: p${i}}, `,
      (all) => document('Service', `{ports: [${all}]}`, 'v1'),
    ),
  'labels of a Service': (length) =>
    filled(
      length,
      (i) => `l${i}: a, `,
      (all) =>
        `apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {${all}}}\nspec: {ports: [{port: 80}]}\n`,
    ),
  ...Object.fromEntries(
    [
      [
        'VirtualServices',
        (i: number) => `kind: VirtualService\nspec: {hosts: [h${i}.com], http: [{${route}}]}`,
      ],
      [
        'VirtualServices of one host',
        () => `kind: VirtualService\nspec: {hosts: [a.com], http: [{${route}}]}`,
      ],
      [
        'DestinationRules of one host',
        () => 'kind: DestinationRule\nspec: {host: a.com, subsets: [{name: a, labels: {a: b}}]}',
      ],
      [
        'ServiceEntries of one host',
        () => 'kind: ServiceEntry\nspec: {hosts: [a.com], ports: [{number: 80, name: a}], resolution: DNS}',
      ],
      [
        'Gateways of one port',
        () => 'kind: Gateway\nspec: {servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"]}]}',
      ],
      ['Sidecars', () => 'kind: Sidecar\nspec: {egress: [{hosts: ["*/*"]}]}'],
    ].map(([name, body]) => [
      name as string,
      (length: number) =>
        filled(
          length,
          (i) =>
            `---\napiVersion: networking.istio.io/v1\nmetadata: {name: n${i}}\n${(body as (i: number) => string)(i)}\n`,
          (all) => all,
        ),
    ]),
  ),
};

/** Manifests of about so many characters, by what they have too many of. */
export const longDocuments: Readonly<Record<string, (length: number) => string>> = {
  ...shapes,
  ...resources,
};
