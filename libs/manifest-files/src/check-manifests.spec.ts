import { checkManifests, readManifests } from './index.js';
import { parseManifests } from './parse-manifests.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const workload = { namespace: 'a', labels: {}, outboundTrafficPolicy: 'ALLOW_ANY' } as const;

function virtualService(name: string, weight = 1): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: a}
spec: {hosts: [hello.com], http: [{route: [{destination: {host: s.a.svc.cluster.local, port: {number: 80}}, weight: ${weight}}]}]}
`;
}

const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: a}\nspec: {ports: [{name: http, port: 80}]}\n';

describe('parseManifests', () => {
  it('lets a later document replace an earlier one of its name, with a warning at the earlier one', async () => {
    await using folder = await temporaryFolder({
      'a.yaml': `${service}---\n${virtualService('v', 1)}`,
      'b.yaml': virtualService('v', 2),
    });
    const { files } = await readManifests([folder.at('a.yaml'), folder.at('b.yaml')]);
    const { resources, issues } = parseManifests(files);
    expect(resources.map(({ source }) => source.file)).toEqual([folder.at('a.yaml'), folder.at('b.yaml')]);
    expect(issues).toEqual([
      expect.objectContaining({
        code: 'document-replaced',
        severity: 'warning',
        file: folder.at('a.yaml'),
        line: 6,
        resource: 'VirtualService a/v',
      }),
    ]);
  });

  it('puts on what a kustomization adds, and still names the file that was written', async () => {
    await using folder = await temporaryFolder({
      'kustomization.yaml': 'namespace: b\nlabels: [{pairs: {x: blue}}]\nresources: [a.yaml]\n',
      'a.yaml': `${service}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n`,
    });
    const { resources } = parseManifests((await readManifests([folder.path])).files);
    expect(
      resources.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name, metadata.labels.x]),
    ).toEqual([
      ['Service', 'b', 's', 'blue'],
      ['Namespace', expect.anything(), 'b', 'blue'],
    ]);
    expect(resources[0]?.source).toMatchObject({ file: folder.at('a.yaml'), line: 1 });
  });
});

async function codesOf(path: string): Promise<string[]> {
  return checkManifests(await readManifests([path]), workload).issues.map(({ code }) => code);
}

describe('checkManifests', () => {
  it('gives all that is wrong at once, and analyzes only what is sound', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': virtualService('v', -1), 'b.yaml': `a: [\n` });
    const checked = checkManifests(await readManifests([folder.path, folder.at('none.yaml')]), workload);
    expect(checked.table).toBeUndefined();
    expect(
      checked.issues
        .filter(({ severity }) => severity === 'error')
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['a.yaml', 'b.yaml', 'none.yaml'].map((name) => folder.at(name)));
  });

  it('goes on with the documents that are sound', async () => {
    const taken = virtualService('w').replace('port: {number: 80}', 'port: {number: 81}');
    await using folder = await temporaryFolder({
      'a.yaml': `${service}---\n${virtualService('v')}---\n${taken}`,
      'b.yaml': virtualService('broken', -1),
    });
    const codes = await codesOf(folder.path);
    expect(codes).toEqual(
      expect.arrayContaining(['weight-negative', 'host-taken', 'destination-unknown-port']),
    );
  });

  it('does not call missing what a document with an error may be', async () => {
    await using folder = await temporaryFolder({
      'a.yaml': virtualService('v'),
      'b.yaml': service.replace('port: 80', 'port: 0'),
    });
    expect(await codesOf(folder.path)).toEqual(['port-invalid', 'weight-without-effect']);
    await using unreadable = await temporaryFolder({ 'a.yaml': virtualService('v'), 'b.yaml': 'a: [' });
    expect(await codesOf(unreadable.path)).toEqual(['yaml-syntax', 'weight-without-effect']);
    await using complete = await temporaryFolder({ 'a.yaml': virtualService('v') });
    expect(await codesOf(complete.path)).toContain('no-services');
  });

  it('makes a mistake of ours an issue of the file that it comes from', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': service, 'b.yaml': virtualService('v') });
    const set = await readManifests([folder.path]);
    const broken = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new TypeError('broken\nin two lines');
        },
      },
    );
    const files = set.files.map((file) =>
      file.path === folder.at('b.yaml') ? { ...file, overrides: { labels: broken, annotations: {} } } : file,
    );
    const inFile = checkManifests({ ...set, files }, workload);
    const inAll = checkManifests(set, {
      ...workload,
      get namespace(): never {
        throw new Error('broken');
      },
    });
    expect([inFile.table, inAll.table]).toEqual([undefined, undefined]);
    expect(inFile.issues).toContainEqual(
      expect.objectContaining({
        code: 'engine-failure',
        severity: 'error',
        file: folder.at('b.yaml'),
        message: expect.stringContaining('(TypeError: broken)'),
      }),
    );
    expect(inAll.issues).toContainEqual(
      expect.objectContaining({ code: 'engine-failure', file: expect.stringContaining(folder.path) }),
    );
  });

  it.each([
    ['nothing', ''],
    ['comments alone', '# a\n---\n# b\n'],
    ['other kinds', 'apiVersion: v1\nkind: Secret\n'],
  ])('says that a file holds %s', async (_, text) => {
    await using folder = await temporaryFolder({ 'a.yaml': text });
    const { issues, table } = checkManifests(await readManifests([folder.path]), workload);
    expect(issues.filter(({ severity }) => severity !== 'info')).toEqual([
      expect.objectContaining({ code: 'no-resources', severity: 'warning', file: folder.at('a.yaml') }),
    ]);
    expect(table).toBeDefined();
  });

  it('adds what the API server refuses, once where Istio refuses the same field', async () => {
    const quoted = virtualService('v').replace('weight: 1', 'weight: "1"');
    await using folder = await temporaryFolder({ 'a.yaml': `${service}---\n${quoted}` });
    const { issues, table } = checkManifests(await readManifests([folder.path]), workload);
    expect(table).toBeUndefined();
    expect(issues).toContainEqual(
      expect.objectContaining({
        code: 'api-server-refuses-type',
        path: 'spec.http[0].route[0].weight',
        line: 9,
        message: 'the API server does not accept "1" here; write 1 without quotes.',
      }),
    );
    const twice = virtualService('v').replace('hosts:', 'host:').replace('weight: 1', 'weight: [1]');
    await using other = await temporaryFolder({ 'a.yaml': `${service}---\n${twice}` });
    expect(await codesOf(other.path)).toEqual(['field-unknown', 'field-wrong-type']);
  });

  it('warns of a header that the calling service does not forward', async () => {
    const matching = virtualService('v').replace(
      '[{route',
      '[{match: [{headers: {user: {exact: test}}}], route',
    );
    await using folder = await temporaryFolder({ 'a.yaml': `${service}---\n${matching}` });
    const set = await readManifests([folder.path]);
    const codes = (headers: string[]) =>
      checkManifests(set, workload, { forwardedHeaders: headers }).issues.map(({ code }) => code);
    expect(codes(['x-request-id']).length).toBe(codes(['user']).length + 1);
    expect(checkManifests(set, workload).table).toBeDefined();
  });
});

describe('a gateway as the client', () => {
  const gateway = (namespace: string, group = 'networking.istio.io') =>
    group === 'networking.istio.io'
      ? `apiVersion: ${group}/v1
kind: Gateway
metadata: {name: gw, namespace: ${namespace}}
spec: {selector: {app: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [hello.com]}]}
`
      : `apiVersion: ${group}/v1
kind: Gateway
metadata: {name: gw, namespace: ${namespace}}
spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
`;
  const bound = (weight: number, host = 'hello.com') =>
    virtualService('v', weight)
      .replace('hosts: [hello.com]', `hosts: [${host}], gateways: [b/gw]`)
      .replace('s.a.svc.cluster.local', 'nobody.com');

  async function check(texts: string[], client: Parameters<typeof checkManifests>[1], options = {}) {
    await using folder = await temporaryFolder({ 'a.yaml': texts.join('---\n') });
    const {
      issues,
      table,
      workload: found,
    } = checkManifests(await readManifests([folder.at('a.yaml')]), client, options);
    return {
      codes: issues.map(({ code }) => code),
      messages: issues.map(({ message }) => message),
      table,
      found,
    };
  }

  it('is found by its name, with or without its namespace', async () => {
    for (const name of ['gw', 'b/gw'])
      expect((await check([gateway('b')], { gateway: name })).found).toMatchObject({
        namespace: 'b',
        labels: { app: 'edge' },
        proxy: 'gateway',
      });
  });

  it('has to be there, and to be one', async () => {
    const none = await check([service], { gateway: 'gw' });
    expect(none).toMatchObject({ codes: ['gateway-unknown'], table: undefined });
    const other = await check([gateway('b')], { gateway: 'b/gate' });
    expect(other.messages).toEqual(['there is no Gateway b/gate; the Gateways here are b/gw.']);
    const two = await check([gateway('b'), gateway('c')], { gateway: 'gw' });
    expect(two.messages).toEqual(['several Gateways are called gw; name one in full: b/gw, c/gw.']);
  });

  it('is looked at beside a workload where that is asked for', async () => {
    const texts = [gateway('b'), bound(1), service];
    expect((await check(texts, workload)).codes).not.toContain('destination-unknown-host');
    expect((await check(texts, workload, { everyGateway: true })).codes).toContain(
      'destination-unknown-host',
    );
    const foreign = [gateway('b'), bound(1, 'foreign.com'), service];
    expect((await check(foreign, workload, { everyGateway: true })).codes).toContain('host-not-served');
  });

  it('may have the name of a Gateway of another API', async () => {
    const both = await check([gateway('b'), gateway('b', 'gateway.networking.k8s.io')], workload);
    expect(both.codes).not.toContain('document-replaced');
  });
});
