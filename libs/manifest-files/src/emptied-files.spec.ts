import { emptiedFiles } from './emptied-files.js';
import { noOverrides } from './overrides.js';
import { parseManifests } from './parse-manifests.js';

const entry = (name: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ${name}}\nspec: {hosts: [a.com], http: [{route: [{destination: {host: a}}]}]}\n`;
const setOf = (texts: Record<string, string>) => ({
  files: Object.entries(texts).map(([path, text]) => ({ path, text, overrides: noOverrides })),
  issues: [],
  tracked: [],
});
const before = parseManifests(
  setOf({ 'a.yaml': ['v1', 'v2', 'v3', 'v4', 'v5'].map(entry).join('---\n'), 'b.yaml': entry('b') }).files,
).resources;

describe('a file that held resources', () => {
  it.each([
    ['has no byte', ''],
    ['has comments alone', '# later\n---\n# on\n'],
    ['has empty documents', '---\n---\nnull\n'],
    ['has a byte order mark alone', '\uFEFF'],
  ])('may not be put in force when it %s', (_, text) => {
    const issues = emptiedFiles(setOf({ 'a.yaml': text, 'b.yaml': entry('b') }), before);
    expect(issues).toEqual([
      expect.objectContaining({ code: 'file-emptied', severity: 'error', file: 'a.yaml' }),
    ]);
    expect(issues[0]?.message).toContain(
      'held VirtualService v1, VirtualService v2, VirtualService v3 and 2 more,',
    );
  });

  it.each([
    ['is gone', setOf({ 'b.yaml': entry('b') })],
    ['holds something else', setOf({ 'a.yaml': 'apiVersion: v1\nkind: Secret\n', 'b.yaml': entry('b') })],
    ['is broken, which is told anyway', setOf({ 'a.yaml': 'a: [', 'b.yaml': entry('b') })],
    ['is joined by an empty one', setOf({ 'a.yaml': entry('v'), 'b.yaml': entry('b'), 'c.yaml': '' })],
  ])('is not called empty when it %s', (_, set) => {
    expect(emptiedFiles(set, before)).toEqual([]);
  });
});
