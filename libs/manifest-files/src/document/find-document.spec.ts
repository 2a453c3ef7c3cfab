import { readManifests } from '../manifest-reader.js';
import { type TemporaryFolder, temporaryFolder } from '../testing/temporary-folder.js';
import { findDocument } from './find-document.js';

const hello = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: hello}
spec:
  hosts: [hello.com]
  http:
  - timeout: 1s
    route: [{destination: {host: a.x}, weight: 9}, {destination: {host: b.x}, weight: 1}]
`;

async function find(folder: TemporaryFolder, identity: { namespace?: string; name?: string } = {}) {
  const wanted = {
    group: 'networking.istio.io',
    kind: 'VirtualService',
    namespace: 'default',
    name: 'hello',
  };
  return findDocument(await readManifests([folder.path]), { ...wanted, ...identity });
}

describe('the place to edit an object', () => {
  it('is the file that has it, by the namespace that a kustomization gives it', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'namespace: shop\nresources: [a.yaml, b.yaml]\n',
      'a.yaml': hello.replaceAll('hello', 'other'),
      'b.yaml': hello,
    });
    expect(await find(folder)).toMatchObject({ issues: [{ code: 'edit-not-found' }] });
    expect(await find(folder, { namespace: 'shop' })).toMatchObject({
      document: { file: { path: folder.at('b.yaml') }, identity: { namespace: 'shop' } },
    });
  });

  const refused: Array<[string, Record<string, string>, string[]]> = [
    ['nowhere', { 'a.yaml': hello.replaceAll('hello', 'other') }, ['edit-not-found a.yaml:1']],
    ['in two files', { 'a.yaml': hello, 'b.yaml': `---\n${hello}` }, ['edit-ambiguous b.yaml:2']],
    ['in one file twice', { 'a.yaml': `${hello}---\n${hello}` }, ['edit-ambiguous a.yaml:10']],
    [
      'below a patch',
      {
        'kustomization.yaml': 'resources: [a.yaml]\npatches:\n- path: patch.yaml\n',
        'a.yaml': hello,
        'patch.yaml': 'kind: VirtualService\nmetadata: {name: hello}\n',
      },
      ['edit-patched kustomization.yaml:3'],
    ],
    [
      'below something that may change anything',
      { 'kustomization.yaml': 'resources: [a.yaml]\ntransformers: [t.yaml]\n', 'a.yaml': hello },
      ['edit-patched kustomization.yaml:2'],
    ],
    [
      'in a broken document',
      { 'a.yaml': hello.replace('[hello.com]', '[hello.com') },
      ['yaml-syntax a.yaml:6', 'edit-not-found a.yaml:1'],
    ],
    [
      'in a template',
      { 'a.yaml': hello.replace('9}', '{{ .Values.weight }}}') },
      ['edit-template a.yaml:8', 'edit-not-found a.yaml:1'],
    ],
  ];
  it.each(refused)('is not there for one %s', async (_, files, issues) => {
    await using folder = await temporaryFolder(files);
    const found = await find(folder);
    const told = 'issues' in found ? found.issues : [];
    expect(
      told.map(({ code, file, line }) => `${code} ${file.slice(folder.path.length + 1)}:${line}`),
    ).toEqual(issues);
  });

  it('is there for one beside a patch of another object', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'resources: [a.yaml]\npatches:\n- path: patch.yaml\n',
      'a.yaml': `${hello}---\n${hello.replaceAll('hello', 'other')}`,
      'patch.yaml': 'kind: VirtualService\nmetadata: {name: other}\n',
    });
    expect(await find(folder)).toHaveProperty('document');
  });
});
