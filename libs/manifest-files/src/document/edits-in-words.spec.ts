import { readdirSync, readFileSync } from 'node:fs';
import { expectGolden } from '../../../../tools/golden/golden.js';
import { issueLine } from '../issue-lines.js';
import { noOverrides } from '../overrides.js';
import { findDocument } from './find-document.js';
import { ManifestDocument } from './manifest-document.js';
import type { JsonObject, RuleEdit } from './rule-edit.js';

const folder = new URL('testing/manifests/', import.meta.url);
const manifests = readdirSync(folder).map((name) => ({
  path: name,
  text: readFileSync(new URL(name, folder), 'utf8'),
  overrides: noOverrides,
}));

/** Forms of the rules beside those of the files. */
const forms: Readonly<Record<string, string>> = {
  'no rules': '  hosts: [a.x]',
  'an empty list': '  http: []',
  nothing: '  http:',
  'a list in flow style':
    "  http: [{name: a, route: [{destination: {host: a.x}, weight: 90}, {destination: {host: 'b.x'}, weight: 10}]}]",
  'an anchor and its alias':
    '  http:\n  - &one\n    route: [{destination: {host: a.x}, weight: 90}, {destination: {host: b.x}, weight: 10}]\n  - *one',
  'a merge key':
    '  x: &x {weight: 90}\n  http:\n  - route:\n    - <<: *x\n      destination: {host: a.x}\n    - destination: {host: b.x}\n      <<: *x',
  'texts of several lines':
    '  http:\n  - name: >-\n      folded\n      name\n    timeout: |\n      5s\n    route:\n    - destination: {host: "a.x"}\n      weight: !!int "90"\n    - destination:\n        host: b.x',
  'an alias for the list': '  x: &x [{route: [{destination: {host: a.x}}]}]\n  http: *x',
};

const written = Object.entries(forms).map(([path, spec]) => ({
  path,
  text: `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: hello}\nspec:\n${spec}\n`,
  overrides: noOverrides,
}));

/** A rule with every kind of value. */
const rule: JsonObject = {
  name: "it's: #1",
  match: [{ headers: { 'x-ü': { exact: 'tab\there' }, yes: { prefix: '' } } }],
  route: [{ destination: { host: 'b.x', port: { number: 8080 } }, weight: 100 }],
  timeout: '5s',
  retries: { attempts: 0, retryOn: '"5xx"' },
  corsPolicy: { allowCredentials: true, allowOrigins: [], exposeHeaders: null },
};

const edits: Readonly<Record<string, (rules: readonly JsonObject[]) => RuleEdit[]>> = {
  'weights 75, 25': () => [{ kind: 'set-weights', rule: 0, weights: [75, 25] }],
  'the second weight': () => [{ kind: 'set-weights', rule: 0, weights: [undefined, 25] }],
  'the weights of the last': (rules) => [{ kind: 'set-weights', rule: rules.length - 1, weights: [1] }],
  'a rule above the first': () => [{ kind: 'insert-rule', before: 0, value: rule }],
  'two rules above the last': (rules) => [
    { kind: 'insert-rule', before: rules.length - 1, value: { name: 'new' } },
    { kind: 'insert-rule', before: rules.length - 1, value: { route: [] } },
  ],
  'the first rule away': () => [{ kind: 'remove-rule', rule: 0 }],
  'the last rule away': (rules) => [{ kind: 'remove-rule', rule: rules.length - 1 }],
  'another timeout': ([first]) => [
    { kind: 'replace-rule', rule: 0, value: { ...first, timeout: '7s', name: "ü's" } },
  ],
  'the first rule with a name': ([first]) => [
    { kind: 'replace-rule', rule: 0, value: { name: 'b', ...first } },
  ],
  'a new first rule': () => [{ kind: 'replace-rule', rule: 0, value: rule }],
  'weights, and a rule between': () => [
    { kind: 'set-weights', rule: 0, weights: [60, 40] },
    { kind: 'insert-rule', before: 0, value: { name: 'new' } },
    { kind: 'remove-rule', rule: 1 },
  ],
};

/** The lines that go and come; the first and last that are alike are left out. */
function* changedLines(before: string, after: string): Generator<string> {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const same = old.findIndex((line, index) => line !== fresh[index]);
  if (same < 0 && old.length === fresh.length) return;
  while (old.length > same && fresh.length > same && old.at(-1) === fresh.at(-1)) {
    old.pop();
    fresh.pop();
  }
  for (const line of old.slice(same)) yield `  - ${JSON.stringify(line)}`;
  for (const line of fresh.slice(same)) yield `  + ${JSON.stringify(line)}`;
}

function outcomeOf(document: ManifestDocument, edit: (rules: readonly JsonObject[]) => RuleEdit[]): string[] {
  try {
    const edited = document.edit(edit(document.rules));
    return 'text' in edited
      ? [...changedLines(document.file.text, edited.text)]
      : edited.issues.map((issue) => `  ${issueLine(issue)}`);
  } catch (error) {
    return [`  thrown: ${(error as Error).message}`];
  }
}

it('what becomes of rules in all their forms, or why they stay', () => {
  const lines = [...manifests, ...written].flatMap((file) =>
    ManifestDocument.find(file, { kind: 'VirtualService', name: 'hello' }).flatMap((document) =>
      Object.entries(edits).flatMap(([name, edit]) => [
        `${file.path}, ${name}`,
        ...outcomeOf(document, edit),
      ]),
    ),
  );
  expectGolden(new URL('../../test/golden/edits.txt', import.meta.url), lines);
});

it('why an object is not found', () => {
  const [first, second] = written;
  if (first === undefined || second === undefined) throw new Error('no files');
  const wanted = {
    group: 'networking.istio.io',
    kind: 'VirtualService',
    namespace: 'default',
    name: 'hello',
  };
  const found = (files: (typeof written)[number][], name = 'hello') => {
    const result = findDocument({ files, issues: [], tracked: [] }, { ...wanted, name });
    return 'issues' in result ? result.issues.map((issue) => `  ${issueLine(issue)}`) : ['  found'];
  };
  expectGolden(new URL('../../test/golden/not-found.txt', import.meta.url), [
    'no files',
    ...found([]),
    'one file',
    ...found([first], 'other'),
    'two files',
    ...found([first, second], 'other'),
    'twice',
    ...found([first, second]),
    'once',
    ...found([first]),
  ]);
});
