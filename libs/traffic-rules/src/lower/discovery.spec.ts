import { outcome } from '../../test/mesh.js';
import { analyze } from '../analyze/analyze.js';
import { compile } from '../compile/compile.js';
import { parse } from '../parse/parse.js';

const service = (namespace: string) => `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: ${namespace}}
spec: {ports: [{name: http, port: 80}]}
---`;
const namespace = (name: string, labels: string) => `
apiVersion: v1
kind: Namespace
metadata: {name: ${name}, labels: ${labels}}
---`;

/** The services of a mesh whose namespaces `shop`, `bank` and `yard` have one each. */
function mesh(selectors: string, namespaces = '') {
  const documents = parse(service('shop') + service('bank') + service('yard') + namespaces, 'mesh.yaml');
  const options = parse(`discoverySelectors: ${selectors}`, 'mesh-config.yaml', 'mesh-config');
  expect([...documents.issues, ...options.issues]).toEqual([]);
  return compile([...options.resources, ...documents.resources], {
    namespace: 'shop',
    labels: {},
    outboundTrafficPolicy: 'REGISTRY_ONLY',
  });
}

const known = (table: ReturnType<typeof mesh>) =>
  ['bank', 'shop', 'yard'].filter(
    (name) => !outcome(table, { authority: `web.${name}`, port: 80 }).startsWith('blocked'),
  );

const labelled =
  namespace('shop', '{mesh: "on", tier: a}') + namespace('bank', '{mesh: "off"}') + namespace('yard', '{}');

describe('discoverySelectors', () => {
  it.each([
    ['none', '[]', ['bank', 'shop', 'yard']],
    ['a label', '[{matchLabels: {mesh: "on"}}]', ['shop']],
    ['all of one selector', '[{matchLabels: {mesh: "on", tier: b}}]', []],
    ['any of several', '[{matchLabels: {mesh: "on"}}, {matchLabels: {mesh: "off"}}]', ['bank', 'shop']],
    ['In', '[{matchExpressions: [{key: mesh, operator: In, values: ["off", x]}]}]', ['bank']],
    ['NotIn', '[{matchExpressions: [{key: mesh, operator: NotIn, values: ["off"]}]}]', ['shop', 'yard']],
    ['Exists', '[{matchExpressions: [{key: mesh, operator: Exists}]}]', ['bank', 'shop']],
    ['DoesNotExist', '[{matchExpressions: [{key: mesh, operator: DoesNotExist}]}]', ['yard']],
    ['a selector that asks for nothing', '[{}]', ['bank', 'shop', 'yard']],
    ["a namespace's name", '[{matchLabels: {kubernetes.io/metadata.name: yard}}]', ['yard']],
  ])('%s', (_what, selectors, expected) => {
    expect(known(mesh(selectors, labelled))).toEqual(expected);
  });

  it.each([
    [
      'what is not known of its labels is taken as met',
      '[{matchLabels: {mesh: "on"}}]',
      ['bank', 'shop', 'yard'],
    ],
    ['its name is known', '[{matchLabels: {kubernetes.io/metadata.name: yard, mesh: "on"}}]', ['yard']],
    [
      'its name is known, in an expression',
      '[{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [yard]}]}]',
      ['bank', 'shop'],
    ],
  ])('of a namespace that no file describes: %s', (_what, selectors, expected) => {
    expect(known(mesh(selectors))).toEqual(expected);
  });

  it('are told of once for each namespace that they leave out', () => {
    const found = analyze(
      mesh('[{matchLabels: {mesh: "on"}}]', labelled + service('yard').replace('web', 'b')),
    );
    const told = found.filter(({ code }) => code === 'namespace-not-discovered');
    expect(told.map(({ message }) => message)).toEqual([
      "Istio ignores everything in the namespace bank: none of MeshConfig's discoverySelectors matches its labels.",
      "Istio ignores everything in the namespace yard: none of MeshConfig's discoverySelectors matches its labels.",
    ]);
  });
});
