import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noOverrides } from '../overrides.js';
import { findDocument } from './find-document.js';
import type { ManifestDocument } from './manifest-document.js';
import { editWeights, outcome } from './testing/edit-weights.js';

const folder = join(import.meta.dirname, 'testing/manifests');

function read(name: string): string {
  const bytes = readFileSync(join(folder, name));
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  expect(Buffer.from(text).equals(bytes)).toBe(true);
  return text;
}

/** What the file has to contain once, and what has to stand there when 75 and 25 are set in its first rule. */
type Changes = Array<[string, string]>;

const edited: Record<string, Changes> = {
  '01-comments.yaml': [
    ['weight: 90     # ninety', 'weight: 75     # ninety'],
    ['weight: 10 # ten', 'weight: 25 # ten'],
  ],
  '02-crlf.yaml': [
    ['weight: 90\r\n', 'weight: 75\r\n'],
    ['weight: 10\r\n', 'weight: 25\r\n'],
  ],
  '03-flow.yaml': [
    [',weight: 90}', ',weight: 75}'],
    ['weight: 10 }', 'weight: 25 }'],
  ],
  '05-quoted-weight.yaml': [
    ['weight: "90"', 'weight: "75"'],
    ["weight: '10'", "weight: '25'"],
  ],
  '06-long-lines.yaml': [
    ['weight: 90 }', 'weight: 75 }'],
    ['weight: 10 }', 'weight: 25 }'],
  ],
  '07-mixed-indent.yaml': [
    ['weight:   90\n', 'weight:   75\n'],
    ['weight:\n             10\n', 'weight:\n             25\n'],
  ],
  '08-multidoc-directive.yaml': [
    ['weight: 90}', 'weight: 75}'],
    ['weight: 10}', 'weight: 25}'],
  ],
  '09-json-tabs.yaml': [
    ['"weight": 90}', '"weight": 75}'],
    ['"weight": 10}', '"weight": 25}'],
  ],
  '10-bom-no-eol.yaml': [
    ['weight: 90\n', 'weight: 75\n'],
    ['weight: 10', 'weight: 25'],
  ],
  '11-weight-missing.yaml': [
    ['host: a.x   # all\n', 'host: a.x   # all\n      weight: 75\n'],
    ['weight: 0\n', 'weight: 25\n'],
  ],
  '12-hex-octal-tag.yaml': [
    ['weight: !!int 0x5A\n', 'weight: !!int 75\n'],
    ['weight: 012\n', 'weight: 25\n'],
  ],
  '13-complex-keys-odd.yaml': [
    [': 90\n', ': 75\n'],
    ['"weight": 10\n', '"weight": 25\n'],
  ],
  '14-list-kind.yaml': [
    ['weight: 90\n', 'weight: 75\n'],
    ['weight: 10\n', 'weight: 25\n'],
  ],
  '15-unicode-blank.yaml': [
    ['weight: 90\n', 'weight: 75\n'],
    ['weight: 10\n', 'weight: 25\n'],
  ],
};

const refused: Record<string, string[]> = {
  '04-anchors-merge.yaml': ['edit-shared 8'],
  '16-helm.yaml': ['edit-template 8', 'edit-not-found 1'],
  '17-alias-weight.yaml': ['edit-shared 9', 'edit-shared 11'],
  '18-merge-key-weight.yaml': ['edit-merge-key 9', 'edit-merge-key 10'],
};

describe('manifests that lose something in a YAML round trip', () => {
  it.each(Object.entries(edited))('%s changes in its weights alone, to the byte', (name, changes) => {
    const before = read(name);
    let wanted = before;
    for (const [from, to] of changes) {
      expect(wanted.split(from)).toHaveLength(2);
      wanted = wanted.replace(from, to);
    }
    const after = outcome(editWeights(before, [75, 25]));
    expect(Buffer.from(String(after)).equals(Buffer.from(wanted))).toBe(true);
    expect(outcome(editWeights(wanted, [90, 10]))).toBe(backAgain(name, before));
  });

  it.each(Object.entries(refused))('%s is refused, with the place', (name, issues) => {
    const file = { path: name, text: read(name), overrides: noOverrides };
    const identity = { group: 'networking.istio.io', kind: 'VirtualService', name: 'hello' };
    const namespace = /namespace: (\w+)/.exec(file.text)?.[1] ?? 'default';
    const set = { files: [file], issues: [], tracked: [] };
    const found = findDocument(set, { ...identity, namespace });
    expect(outcome('issues' in found ? found : editDocument(found.document))).toEqual(issues);
  });

  it('are all covered', () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      [...Object.keys(edited), ...Object.keys(refused)].toSorted(),
    );
  });
});

function editDocument(document: ManifestDocument) {
  return document.edit([{ kind: 'set-weights', rule: 0, weights: [75, 25] }]);
}

/** Setting the first weights again gives the first bytes, but for numbers that were spelt in another way. */
function backAgain(name: string, before: string): string {
  if (name === '11-weight-missing.yaml')
    return before.replace('# all\n', '# all\n      weight: 90\n').replace('weight: 0', 'weight: 10');
  return before.replace('0x5A', '90').replace('012', '10');
}
