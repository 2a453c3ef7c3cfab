import { relative } from 'node:path';
import { type ManifestSet, readManifests } from '../manifest-reader.js';
import { type TemporaryFolder, temporaryFolder } from '../testing/temporary-folder.js';

const virtualService = 'kind: VirtualService\nmetadata: {name: hello, namespace: hello-page}\n';
const deployment = 'kind: Deployment\nmetadata: {name: hello}\n';

async function read(folder: TemporaryFolder, name = '.'): Promise<ManifestSet & { names: string[] }> {
  const set = await readManifests([folder.at(name)]);
  return { ...set, names: set.files.map(({ path }) => relative(folder.path, path)) };
}

describe('a kustomization', () => {
  it('is followed through files, folders and components, in the order of kustomize', async () => {
    await using folder = await temporaryFolder({
      'over/kustomization.yaml': 'resources: [../base, own.yaml]\ncomponents: [../part]\n',
      'over/own.yaml': 'own',
      'over/not-listed.yaml': 'no',
      'base/kustomization.yml': 'resources:\n- a.yaml\n- deep/b.yaml\n',
      'base/a.yaml': 'a',
      'base/deep/b.yaml': 'b',
      'part/kustomization.yaml': 'kind: Component\nresources: [p.yaml]\n',
      'part/p.yaml': 'p',
    });
    const set = await read(folder, 'over');
    expect(set.issues).toEqual([]);
    expect(set.names).toEqual(['base/a.yaml', 'base/deep/b.yaml', 'over/own.yaml', 'part/p.yaml']);
  });

  it('may be named itself instead of its folder', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': 'a',
      'b.yaml': 'b',
    });
    expect((await read(folder, 'kustomization.yaml')).names).toEqual(['a.yaml']);
  });

  it('gives namespace, labels and annotations to what it gathers, the outer one last', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml':
        'resources: [base]\nnamespace: outer\nlabels:\n- pairs: {tier: web}\n  includeSelectors: true\n',
      'base/kustomization.yaml':
        'resources: [a.yaml]\nnamespace: inner\ncommonLabels: {tier: base, app: a}\ncommonAnnotations: {note: x}\n',
      'base/a.yaml': 'a',
    });
    expect((await read(folder)).files[0]?.overrides).toEqual({
      namespace: 'outer',
      labels: { tier: 'web', app: 'a' },
      annotations: { note: 'x' },
    });
  });

  it('lets a component change what its parent gathered', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'resources: [a.yaml]\ncomponents: [part]\n',
      'a.yaml': 'a',
      'part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamespace: parted\n',
    });
    expect((await read(folder)).files[0]?.overrides.namespace).toBe('parted');
  });

  it('passes over what cannot change routing', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml':
        'resources: [a.yaml]\nimages: [{name: hello-1, newTag: "2"}]\nreplicas: [{name: hello, count: 2}]\nconfigMapGenerator: [{name: c}]\n',
      'a.yaml': virtualService,
    });
    expect((await read(folder)).issues).toEqual([]);
  });

  const harmless: Array<[string, string]> = [
    [
      'a target of another kind',
      'patches:\n- target: {kind: Deployment}\n  patch: "- {op: remove, path: /spec}"\n',
    ],
    ['the text of another kind', `patches:\n- patch: |-\n    ${deployment.replace('\n', '\n    ')}`],
    ['a file of another kind', 'patches:\n- path: deployment.yaml\n'],
    [
      'a target with a name that no rule has',
      'patches:\n- target: {name: other}\n  patch: "- {op: remove, path: /spec}"\n',
    ],
    ['the old list of files', 'patchesStrategicMerge: [deployment.yaml]\n'],
    [
      'a replacement into another kind',
      'replacements:\n- source: {kind: Service, name: s}\n  targets: [{select: {kind: Deployment}}]\n',
    ],
  ];
  it.each(harmless)('passes over a patch by %s', async (_, patches) => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': `resources: [a.yaml, namespace.yaml]\n${patches}`,
      'a.yaml': virtualService,
      'namespace.yaml': 'kind: Namespace\nmetadata: {name: hello-1, labels: {}}\n',
      'deployment.yaml': deployment,
    });
    expect((await read(folder)).issues).toEqual([]);
  });

  const refused: Array<[string, string, string]> = [
    [
      'a target',
      'patches:\n- target: {kind: VirtualService}\n  patch: "- {op: remove, path: /spec}"\n',
      'patches[0]',
    ],
    ['a pattern of kinds', 'patches:\n- target: {kind: Virtual.*}\n  patch: "[]"\n', 'patches[0]'],
    ['a name alone', 'patches:\n- target: {name: hel+o}\n  patch: "[]"\n', 'patches[0]'],
    ['its text', `patches:\n- patch: |-\n    ${virtualService.replace('\n', '\n    ')}`, 'patches[0]'],
    ['its file', 'patches:\n- path: deployment.yaml\n- path: patch.yaml\n', 'patches[1]'],
    ['an old list of files', 'patchesStrategicMerge: [patch.yaml]\n', 'patchesStrategicMerge[0]'],
    [
      'an old list of targets',
      'patchesJson6902:\n- target: {kind: VirtualService, name: hello}\n  path: p.yaml\n',
      'patchesJson6902[0]',
    ],
    [
      'a replacement',
      'replacements:\n- targets: [{select: {kind: VirtualService}, options: {create: true}}]\n',
      'replacements[0]',
    ],
    [
      'a replacement into one of several kinds',
      'replacements:\n- targets: [{select: {kind: Deployment}}, {select: {name: hello}}]\n',
      'replacements[0]',
    ],
    ...['Gateway', 'WorkloadEntry', 'Sidecar'].map((kind): [string, string, string] => [
      `the text of a ${kind}`,
      `patches:\n- patch: |-\n    kind: ${kind}\n    metadata: {name: hello}\n`,
      'patches[0]',
    ]),
    ['a name prefix', 'namePrefix: x-\n', 'namePrefix'],
    ['a generator', 'generators: [g.yaml]\n', 'generators'],
  ];
  it.each(refused)('refuses by name what changes a rule by %s', async (_, fields, path) => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': `resources: [a.yaml]\n${fields}`,
      'a.yaml': virtualService,
      'deployment.yaml': deployment,
      'patch.yaml': virtualService,
      'p.yaml': '[]',
    });
    expect((await read(folder)).issues).toEqual([
      expect.objectContaining({
        code: 'kustomization-not-followed',
        severity: 'error',
        path,
        file: folder.at('kustomization.yaml'),
        message: expect.stringContaining(`kubectl kustomize ${folder.path}`),
      }),
    ]);
  });

  const wrong: Array<[string, string, string, number]> = [
    ['an unknown field', 'resources: [a.yaml]\nresurces: []\n', 'kustomization-invalid', 2],
    ['broken YAML', 'resources: [a.yaml\nx: {\n', 'kustomization-invalid', 2],
    ['a list at the top', '- a.yaml\n', 'kustomization-invalid', 1],
    ['nothing', '', 'kustomization-invalid', 1],
    ['a list that is none', 'resources: a.yaml\n', 'kustomization-invalid', 1],
    ['an entry that is not a path', 'resources: [a.yaml, {b: 1}]\n', 'kustomization-invalid', 1],
    ['a missing file', 'resources:\n- a.yaml\n- b.yaml\n', 'file-not-found', 3],
    ['a folder without kustomization', 'resources:\n- plain\n', 'file-not-found', 2],
    ['a file twice', 'resources:\n- a.yaml\n- a.yaml\n', 'kustomization-repeated', 3],
    ['a file outside of it', 'resources:\n- ../outside.yaml\n', 'kustomization-outside', 2],
    ['a remote resource', 'resources:\n- https://example.com/a.yaml\n', 'kustomization-remote', 2],
    ['itself', 'resources: [.]\n', 'kustomization-cycle', 1],
    ['a cycle', 'resources:\n- loop\n', 'kustomization-cycle', 1],
  ];
  it.each(wrong)('with %s is reported where it is written', async (_, text, code, line) => {
    await using folder = await temporaryFolder({
      'outside.yaml': 'o',
      'k/kustomization.yaml': text,
      'k/a.yaml': virtualService,
      'k/plain/a.yaml': virtualService,
      'k/loop/kustomization.yaml': 'resources: [..]\n',
    });
    expect((await read(folder, 'k')).issues).toEqual([
      expect.objectContaining({ code, severity: 'error', line }),
    ]);
  });

  it('that is there twice is reported', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'kustomization.yml': 'resources: [a.yaml]\n',
      'a.yaml': 'a',
    });
    expect((await read(folder)).issues).toEqual([expect.objectContaining({ code: 'kustomization-invalid' })]);
  });
});
