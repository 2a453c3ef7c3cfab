import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { ProxyAgent, request } from 'undici';
import { Backend } from './testing/backend.js';
import { MeshProcess } from './testing/mesh-process.js';

const slice = (namespace: string, address: string, port: number) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'hello-x', namespace, labels: { 'kubernetes.io/service-name': 'hello' } },
  addressType: 'IPv4',
  ports: [{ name: 'http', port, protocol: 'TCP' }],
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
});

describe('the local mesh under the rules of a cluster', () => {
  let cluster: TestCluster;
  let folder: string;
  let endpoints: string;
  let backends: Backend[];

  async function kubectl(args: string[], input?: object): Promise<void> {
    const { code, stderr } = await cluster.kubectl(args, input && JSON.stringify(input));
    if (code !== 0) throw new Error(stderr);
  }

  const setWeights = (...weights: [number, number]) =>
    kubectl([
      ...['patch', 'virtualservice', 'hello-ext-svc', '-n', 'hello-page', '--type=json'],
      `-p=${JSON.stringify(weights.map((value, index) => ({ op: 'add', path: `/spec/http/0/route/${index}/weight`, value })))}`,
    ]);
  const live = (...args: string[]) =>
    MeshProcess.listening(
      ...['--cluster', '--kubeconfig', cluster.kubeconfig, '-n', 'hello-page'],
      ...['--endpoints', endpoints, ...args],
    );

  async function hello({ proxy }: { proxy: string }): Promise<string> {
    const dispatcher = new ProxyAgent({ uri: proxy, proxyTunnel: false });
    const { body } = await request('http://hello.com/hello', { dispatcher });
    const text = await body.text();
    await dispatcher.destroy();
    return text;
  }

  /** Asks until an answer is the wanted one; the test's own time limit is the bound. */
  async function reach(mesh: { proxy: string }, wanted: string): Promise<void> {
    while ((await hello(mesh)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  beforeAll(async () => {
    cluster = await startTestCluster();
    await kubectl(['apply', '-k', 'k8s/internal']);
    // As a cluster has them: addresses of its own network.
    for (const [index, namespace] of ['hello-1', 'hello-2'].entries())
      await kubectl(['apply', '-f', '-'], slice(namespace, `10.1.0.${index + 1}`, 8080));
    backends = [await Backend.named('hello 1'), await Backend.named('hello 2')];
    folder = await mkdtemp(join(tmpdir(), 'mesh-cluster-'));
    endpoints = join(folder, 'endpoints.yaml');
    const [one, two] = backends.map(({ port }, index) => slice(`hello-${index + 1}`, '127.0.0.1', port));
    await writeFile(endpoints, `${JSON.stringify(one)}\n---\n${JSON.stringify(two)}\n`);
  });

  beforeEach(() => setWeights(100, 0));

  afterAll(async () => {
    await MeshProcess.endAll();
    await Promise.all((backends ?? []).map((backend) => backend[Symbol.asyncDispose]()));
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('follows what kubectl applies', async () => {
    await using mesh = await live();
    expect(mesh.messages).toMatch(
      /^rules \w+ in force: 1 VirtualService from \d+ objects of the cluster test\n {2}hello\.com {2}VirtualService hello-page\/hello-ext-svc \(cluster\)$/m,
    );
    expect(await hello(mesh)).toBe('hello 1');
    await setWeights(0, 100);
    const written = performance.now();
    await reach(mesh, 'hello 2');
    process.stdout.write(`followed ${Math.round(performance.now() - written)} ms after kubectl had ended\n`);
    await kubectl(['delete', 'virtualservice', 'hello-ext-svc', '-n', 'hello-page']);
    await mesh.said(/in force: 0 VirtualServices/);
    await kubectl(['apply', '-k', 'k8s/internal']);
    await setWeights(100, 0);
    await reach(mesh, 'hello 1');
    mesh.signal('SIGTERM');
    expect(await mesh.ended).toEqual({ code: 0, signal: null });
  });

  it('keeps the last good state of an object that becomes faulty, and says so until it is mended', async () => {
    await using mesh = await live();
    await setWeights(-1, 0);
    await mesh.said(
      /\(cluster\) spec\.http\[0\]\.route\[0\]\.weight: error: .*\n(?:.*\n)*warning: VirtualService hello-page\/hello-ext-svc cannot be put in force/,
    );
    expect(await hello(mesh)).toBe('hello 1');
    await setWeights(0, 100);
    await reach(mesh, 'hello 2');
    const before = mesh.messages.length;
    await setWeights(-1, 0);
    const saidSince = async (pattern: RegExp) => {
      while (!pattern.test(mesh.messages.slice(before)))
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await saidSince(/cannot be put in force/);
    expect(await hello(mesh)).toBe('hello 2');
    await setWeights(0, 100);
    await saidSince(/^VirtualService hello-page\/hello-ext-svc is in force as it is in the cluster again$/m);
  });

  it('says what is wrong in the namespaces that its rules concern, and leaves others alone', async () => {
    const broken = (namespace: string) => ({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'broken', namespace },
      spec: { hosts: ['broken.example'], http: [{ route: [{ destination: { host: 'a' }, weight: -1 }] }] },
    });
    await kubectl(['create', 'namespace', 'elsewhere']);
    for (const namespace of ['elsewhere', 'hello-2']) await kubectl(['apply', '-f', '-'], broken(namespace));
    await using mesh = await live();
    expect(mesh.messages).toMatch(/^VirtualService hello-2\/broken \(cluster\) .*error/m);
    expect(mesh.messages).not.toContain('elsewhere');
    const { issues } = (await (await fetch(`${mesh.admin}/config_dump`)).json()) as {
      issues: { resource: string }[];
    };
    expect(issues.map(({ resource }) => resource)).toContain('VirtualService elsewhere/broken');
    await kubectl(['delete', 'virtualservices', '--all-namespaces', '--field-selector=metadata.name=broken']);
  });

  it('says nothing of changes that change no rule', async () => {
    await using mesh = await live();
    const config = async () => (await (await fetch(`${mesh.admin}/config_dump`)).json()) as { hash: string };
    const { hash } = await config();
    const before = mesh.messages;
    await kubectl(['annotate', 'namespace', 'hello-1', `at=${Date.now()}`, '--overwrite']);
    while ((await config()).hash === hash) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(mesh.messages).toBe(before);
  });

  it('keeps the last rules while the API server is away, says so once, and goes on', async () => {
    await using mesh = await live();
    await cluster.stopServer();
    await mesh.said(/^The API server at \S+ cannot be reached: .* The last rules stay in force\.$/m);
    expect(await hello(mesh)).toBe('hello 1');
    await cluster.startServer();
    await mesh.said(/^The cluster test tells its rules again\.$/m);
    await setWeights(0, 100);
    await reach(mesh, 'hello 2');
    expect(mesh.messages.match(/cannot be reached/g)).toHaveLength(1);
  });

  it('warns of addresses in the cluster, unless files say what listens here', async () => {
    await using without = await MeshProcess.listening(
      ...['--cluster', '--kubeconfig', cluster.kubeconfig, '-n', 'hello-page'],
    );
    expect(without.messages).toMatch(
      /^warning: hello\.hello-1\.svc\.cluster\.local has addresses of the cluster's network \(10\.1\.0\.1:8080\).*--endpoints FILE$/m,
    );
    await using mesh = await live();
    expect(mesh.messages).not.toContain('10.1.0');
    const other = join(folder, 'other.yaml');
    const rule = await cluster.kubectl(['get', 'virtualservice', '-n', 'hello-page', '-o', 'yaml']);
    await writeFile(other, rule.stdout);
    await using refused = new MeshProcess(
      ...[
        '--cluster',
        '--kubeconfig',
        cluster.kubeconfig,
        '--endpoints',
        other,
        '--port',
        '0',
        '--admin-port',
        '0',
      ],
    );
    expect(await refused.ended).toMatchObject({ code: 1 });
    expect(refused.messages).toMatch(/other\.yaml:\d+:\d+: error: .*takes only EndpointSlices/);
  });

  it('follows the files of endpoints too', async () => {
    const own = join(folder, 'own.yaml');
    const text = await readFile(endpoints, 'utf8');
    await writeFile(own, text);
    await using mesh = await live('--endpoints', own);
    expect(await hello(mesh)).toBe('hello 1');
    const [one, two] = backends.map(({ port }) => port);
    await writeFile(endpoints, text.replace(`"port":${one}`, `"port":${two}`));
    await writeFile(own, text.replace(`"port":${one}`, `"port":${two}`));
    await reach(mesh, 'hello 2');
    await writeFile(endpoints, text);
  });

  it('goes on where the user may list the necessary kinds alone, and says what is missing', async () => {
    const resources = ['virtualservices', 'destinationrules', 'serviceentries']
      .map((name) => `${name}.networking.istio.io`)
      .concat('services');
    await kubectl(['create', 'serviceaccount', 'reader', '-n', 'hello-page']);
    await kubectl(['create', 'clusterrole', 'reader', '--verb=list,watch', `--resource=${resources}`]);
    await kubectl([
      ...['create', 'clusterrolebinding', 'reader', '--clusterrole=reader'],
      '--serviceaccount=hello-page:reader',
    ]);
    const kubeconfig = await cluster.serviceAccount('hello-page', 'reader');
    for (const verb of ['list', 'watch'])
      await cluster.untilAllowed(kubeconfig, [verb, 'services', '--all-namespaces']);
    await using mesh = await MeshProcess.listening(
      ...['--cluster', '--kubeconfig', kubeconfig, '--endpoints', endpoints],
    );
    expect(mesh.messages).toMatch(
      /^cluster test: warning: Not allowed to list .*endpointslices.*rules to add/m,
    );
    // The namespace is that of the context.
    expect(await hello(mesh)).toBe('hello 1');
  });

  it('does not start without a cluster, and ends with what that means', async () => {
    const gone = join(folder, 'gone');
    const text = await readFile(cluster.kubeconfig, 'utf8');
    await writeFile(gone, text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
    const ended = async (...args: string[]) => {
      await using mesh = new MeshProcess('--cluster', '--port', '0', '--admin-port', '0', ...args);
      return { ...(await mesh.ended), messages: mesh.messages };
    };
    expect(await ended('--kubeconfig', gone)).toMatchObject({
      code: 69,
      messages: expect.stringMatching(/^local-mesh: The API server at .* cannot be reached: .*\.\n$/),
    });
    expect(await ended('--kubeconfig', cluster.kubeconfig, '--as', 'jane')).toMatchObject({
      code: 77,
      messages: expect.stringMatching(/^local-mesh: Not allowed to list .*"jane".*\n$/),
    });
    expect(await ended('--kubeconfig', cluster.kubeconfig, '--context', 'prod')).toMatchObject({ code: 64 });
    expect(await ended('-f', endpoints)).toMatchObject({ code: 64 });
  });
});
