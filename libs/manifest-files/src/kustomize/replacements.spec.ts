import { readManifests } from '../manifest-reader.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const source = 'kind: ConfigMap\nmetadata: {name: host}\ndata:\n  address: 192.0.2.7\n';
const entry =
  'kind: ServiceEntry\nmetadata: {name: hello}\nspec:\n  endpoints:\n  - address: 127.0.0.1 # here\n    ports: {http: 1}\n';

function kustomization(replacement: string): Record<string, string> {
  return {
    'kustomization.yaml': `resources: [source.yaml, entry.yaml]\nreplacements:\n- ${replacement}\n`,
    'source.yaml': source,
    'entry.yaml': `kind: Namespace\nmetadata: {name: a}\n---\n${entry}`,
  };
}

const plain =
  'source: {kind: ConfigMap, name: host, fieldPath: data.address}\n  targets: [{select: {kind: ServiceEntry, name: hello}, fieldPaths: [spec.endpoints.0.address]}]';

describe('replacements of a kustomization', () => {
  it('are written into the text where the old value stood', async () => {
    await using folder = await temporaryFolder(kustomization(plain));
    const { files, issues } = await readManifests([folder.path]);
    expect(issues).toEqual([]);
    expect(files[1]?.text).toBe(
      `kind: Namespace\nmetadata: {name: a}\n---\n${entry.replace('127.0.0.1', '192.0.2.7')}`,
    );
  });

  it('quote a value that YAML would take for something else', async () => {
    await using folder = await temporaryFolder({
      ...kustomization(plain),
      'source.yaml': source.replace('192.0.2.7', '"1.10"'),
    });
    expect((await readManifests([folder.path])).files[1]?.text).toContain('address: "1.10" # here');
  });

  const wrong: Array<[string, string]> = [
    ['a source that is not there', plain.replace('name: host', 'name: ghost')],
    ['a source without that field', plain.replace('data.address', 'data.port')],
    ['a target that is not there', plain.replace('name: hello', 'name: bye')],
    ['a target without that field', plain.replace('endpoints.0', 'endpoints.1')],
  ];
  it.each(wrong)('with %s are an error, as in kustomize', async (_, text) => {
    await using folder = await temporaryFolder(kustomization(text));
    expect((await readManifests([folder.path])).issues).toEqual([
      expect.objectContaining({ code: 'kustomization-invalid', path: 'replacements[0]', line: 3 }),
    ]);
  });

  const notFollowed: Array<[string, string]> = [
    ['options', plain.replace(', name: hello}', ', name: hello}, options: {create: true}')],
    [
      'a path with a condition',
      plain.replace('[spec.endpoints.0.address]', '["spec.endpoints.[address=x].address"]'),
    ],
    ['a reject list', plain.replace('select:', 'reject: [{name: x}], select:')],
    ['a file of their own', 'path: replacement.yaml'],
  ];
  it.each(notFollowed)('with %s are refused by name', async (_, text) => {
    await using folder = await temporaryFolder(kustomization(text));
    expect((await readManifests([folder.path])).issues).toEqual([
      expect.objectContaining({ code: 'kustomization-not-followed', path: 'replacements[0]' }),
    ]);
  });
});
