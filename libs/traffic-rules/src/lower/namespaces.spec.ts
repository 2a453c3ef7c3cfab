import { resourcesOf, virtualService } from '../../test/mesh.js';
import { Namespaces } from './namespaces.js';

const namespaces = new Namespaces(
  resourcesOf(`
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: red}}
---
apiVersion: v1
kind: Namespace
metadata: {name: yard, labels: {team: blue}}
---
${virtualService('[{directResponse: {status: 200}}]', { namespace: 'unseen' })}`),
);
const by = (key: string, operator: string, ...values: string[]) => ({
  matchLabels: {},
  matchExpressions: [{ key, operator, values }],
});
const name = 'kubernetes.io/metadata.name';

it.each([
  ['a label', { matchLabels: { team: 'red' }, matchExpressions: [] }, ['shop']],
  [
    'the name, though no file says it',
    { matchLabels: { [name]: 'unseen' }, matchExpressions: [] },
    ['unseen'],
  ],
  ['names', by(name, 'In', 'yard', 'unseen', 'nowhere'), ['unseen', 'yard']],
  ['other values, or none', by('team', 'NotIn', 'red'), ['unseen', 'yard']],
  ['any value', by('team', 'Exists'), ['shop', 'yard']],
  ['no value', by('team', 'DoesNotExist'), ['unseen']],
  ['nothing', { matchLabels: {}, matchExpressions: [] }, ['shop', 'unseen', 'yard']],
])('a selector selects namespaces by %s', (_, selector, expected) => {
  expect(namespaces.selectedBy(selector)).toEqual(expected);
});

it('knows of which namespaces the files say labels', () => {
  expect(['shop', 'unseen'].map((one) => namespaces.isDescribed(one))).toEqual([true, false]);
});
