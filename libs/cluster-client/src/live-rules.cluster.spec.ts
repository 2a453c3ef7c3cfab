import { checkManifests, type ManifestSet } from '@grayscale/manifest-files';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { explain, requestFromUrl, routingKinds } from '@grayscale/traffic-rules';
import {
  ApiClient,
  findCluster,
  type LiveRules,
  type LiveRulesOptions,
  readLiveRules,
  watchLiveRules,
} from './index.js';

/** What no answer can do without. */
const necessary = [
  'virtualservices.networking.istio.io',
  'destinationrules.networking.istio.io',
  'serviceentries.networking.istio.io',
  'services',
];

const workload = { namespace: 'hello-page', labels: {} } as const;

/** Follows the rules, and lets a test wait for what it hears. */
class Heard {
  readonly events: (ManifestSet | Error | 'resumed')[] = [];
  rules!: LiveRules;
  private waiting: (() => void)[] = [];

  static async of(client: ApiClient, options?: LiveRulesOptions): Promise<Heard> {
    const heard = new Heard();
    const listener = {
      onChange: (set: ManifestSet) => heard.add(set),
      onLost: (error: Error) => heard.add(error),
      onResumed: () => heard.add('resumed'),
    };
    heard.rules = await watchLiveRules(client, listener, options);
    return heard;
  }

  get last(): ManifestSet {
    const sets = this.events.filter((event) => typeof event === 'object' && 'files' in event);
    return (sets.at(-1) as ManifestSet | undefined) ?? this.rules.first;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rules.close();
  }

  private add(event: ManifestSet | Error | 'resumed'): void {
    this.events.push(event);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

describe('the rules of a cluster', () => {
  let cluster: TestCluster;
  let client: ApiClient;
  const clients: ApiClient[] = [];

  async function clientOf(kubeconfig: string): Promise<ApiClient> {
    const created = new ApiClient(await findCluster({ kubeconfig }));
    clients.push(created);
    return created;
  }

  async function kubectl(...args: string[]): Promise<void> {
    const { code, stderr } = await cluster.kubectl(args);
    if (code !== 0) throw new Error(stderr);
  }

  /** A client of a ServiceAccount that may list and watch these resources, and no others but what a Role grants that was written before. */
  async function reader(name: string, resources: string[], ...granted: string[][]): Promise<ApiClient> {
    await kubectl('create', 'serviceaccount', name, '-n', 'hello-page');
    await kubectl('create', 'clusterrole', name, '--verb=list,watch', `--resource=${resources.join(',')}`);
    await kubectl(
      'create',
      'clusterrolebinding',
      name,
      `--clusterrole=${name}`,
      `--serviceaccount=hello-page:${name}`,
    );
    const kubeconfig = await cluster.serviceAccount('hello-page', name);
    for (const request of [['list', resources[0] ?? '', '--all-namespaces'], ...granted])
      await cluster.untilAllowed(kubeconfig, request);
    return clientOf(kubeconfig);
  }

  const setWeights = (...weights: [number, number]) =>
    kubectl(
      'patch',
      'virtualservice',
      'hello-ext-svc',
      '-n',
      'hello-page',
      '--type=json',
      `-p=${JSON.stringify(weights.map((value, index) => ({ op: 'add', path: `/spec/http/0/route/${index}/weight`, value })))}`,
    );

  beforeAll(async () => {
    cluster = await startTestCluster();
    await kubectl('apply', '-k', 'k8s/internal');
    client = await clientOf(cluster.kubeconfig);
  });

  afterAll(async () => {
    await Promise.all(clients.map((each) => each.close()));
    await cluster?.stop();
  });

  const paths = ({ files }: ManifestSet) => files.map(({ path }) => path);
  const share = (set: ManifestSet) => {
    const { table } = checkManifests(set, workload);
    if (table === undefined) throw new Error('these rules cannot be put in force');
    const request = requestFromUrl({ url: 'http://hello.com/hello', headers: [] });
    const { decision } = explain(table, request);
    return decision.because.rule && { at: decision.because.rule.location, decision };
  };

  it('decide as the same files do, and are named by object and field', async () => {
    const set = await readLiveRules(client);
    expect(set.issues).toEqual([]);
    expect(paths(set)).toEqual(
      expect.arrayContaining([
        'Namespace hello-page (cluster)',
        'Service hello-1/hello (cluster)',
        'ServiceEntry hello-page/hello-com (cluster)',
        'VirtualService hello-page/hello-ext-svc (cluster)',
      ]),
    );
    expect(set.files.map(({ text }) => text).join()).not.toMatch(/managedFields|last-applied-configuration/);
    const virtualService = set.files.find(({ path }) => path.startsWith('VirtualService'));
    expect(JSON.parse(virtualService?.text ?? '{}').metadata.creationTimestamp).toMatch(/^\d{4}-/);
    expect(share(set)?.at).toMatchObject({
      file: 'VirtualService hello-page/hello-ext-svc (cluster)',
      field: 'spec.http[0]',
    });
  });

  it('have the settings of the mesh, and nothing of other ConfigMaps', async () => {
    await kubectl('create', 'namespace', 'istio-system');
    const mesh = 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}';
    await kubectl('create', 'configmap', 'istio', '-n', 'istio-system', `--from-literal=mesh=${mesh}`);
    await kubectl('create', 'configmap', 'other', '-n', 'istio-system', '--from-literal=mesh=x');
    await kubectl(
      ...['create', 'role', 'settings', '-n', 'istio-system', '--verb=list,watch'],
      ...['--resource=configmaps', '--resource-name=istio'],
    );
    await kubectl(
      ...['create', 'rolebinding', 'settings', '-n', 'istio-system', '--role=settings'],
      '--serviceaccount=hello-page:settings',
    );
    const reads = await reader('settings', necessary, ['list', 'configmaps/istio', '-n', 'istio-system']);
    for (const who of [client, reads]) {
      const set = await readLiveRules(who);
      expect(paths(set).filter((path) => path.startsWith('ConfigMap'))).toEqual([
        'ConfigMap istio-system/istio (cluster)',
      ]);
      const { table } = checkManifests(set, workload);
      const request = requestFromUrl({ url: 'http://unknown.example/', headers: [] });
      expect(table && explain(table, request).decision.kind).toBe('blocked');
    }
    await using heard = await Heard.of(reads);
    await kubectl('delete', 'configmap', 'istio', '-n', 'istio-system');
    await heard.until(() => !paths(heard.last).includes('ConfigMap istio-system/istio (cluster)'));
  });

  it('have the settings of a revision: the one that is asked for, or that the namespace names, by a tag too', async () => {
    const maps = (set: ManifestSet) => paths(set).filter((path) => path.startsWith('ConfigMap'));
    const mesh = '--from-literal=mesh=outboundTrafficPolicy: {mode: REGISTRY_ONLY}';
    await kubectl('create', 'configmap', 'istio-1-27', '-n', 'istio-system', mesh);
    const asked = { revision: '1-27' };
    const wanted = ['ConfigMap istio-system/istio-1-27 (cluster)'];
    expect(maps(await readLiveRules(client, asked))).toEqual(wanted);
    expect(maps(await readLiveRules(client, workload))).toEqual([]);
    await kubectl('label', 'namespace', 'hello-page', 'istio.io/rev=1-27');
    expect(maps(await readLiveRules(client, workload))).toEqual(wanted);
    await expect(readLiveRules(client, { revision: 'stable' })).rejects.toThrow(
      /has no revision stable of Istio: there is no ConfigMap istio-stable in istio-system, and no tag/,
    );
    const metadata = {
      name: 'istio-revision-tag-stable',
      labels: { 'istio.io/tag': 'stable', 'istio.io/rev': '1-27' },
    };
    const tag = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata,
    };
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(tag));
    await kubectl('label', 'namespace', 'hello-page', 'istio.io/rev=stable', '--overwrite');
    expect(maps(await readLiveRules(client, workload))).toEqual(wanted);
    expect(maps(await readLiveRules(client, { revision: 'stable' }))).toEqual(wanted);
    await using heard = await Heard.of(client, { revision: workload });
    expect(maps(heard.rules.first)).toEqual(wanted);
    await kubectl('delete', 'configmap', 'istio-1-27', '-n', 'istio-system');
    await heard.until(() => maps(heard.last).length === 0);
    await kubectl('label', 'namespace', 'hello-page', 'istio.io/rev-');
  });

  it('never include a Secret, nor the environment of a pod', async () => {
    await kubectl('create', 'secret', 'generic', 'hidden', '-n', 'hello-page', '--from-literal=key=s3cr3t');
    await kubectl('run', 'pod', '-n', 'hello-page', '--image=none', '--env=KEY=s3cr3t', '--port=8080');
    const { files } = await readLiveRules(client);
    expect(paths({ files, issues: [], tracked: [] })).toContain('Pod hello-page/pod (cluster)');
    expect(JSON.stringify(files)).not.toContain('s3cr3t');
  });

  it('are told without a kind that the user may not list, with the rule to add', async () => {
    const limited = await reader('limited', necessary);
    const { files, issues } = await readLiveRules(limited);
    expect(paths({ files, issues, tracked: [] })).toContain(
      'VirtualService hello-page/hello-ext-svc (cluster)',
    );
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(['cluster-kind-not-readable']));
    expect(issues.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^Not allowed to list configmaps in the namespace istio-system: .* a Role in istio-system: /,
      ),
    );
    const everywhere = issues.find(({ message }) => message.includes('in the whole cluster'))?.message;
    expect(everywhere).toMatch(/^Not allowed to list .*, namespaces, .* in the whole cluster: /);
    expect(everywhere).toMatch(/The rules to add to a ClusterRole: \{apiGroups: .*\}\. Until then the rules/);
    expect(everywhere).toMatch(/\{apiGroups: \[""\], resources: \[[^\]]*"namespaces"/);
    expect(everywhere).toContain('resources: ["endpointslices"], verbs: ["list", "watch"]');

    await using heard = await Heard.of(limited, { retryMs: 200 });
    expect(heard.rules.first.issues).toEqual(issues);
    await kubectl('create', 'clusterrole', 'more', '--verb=list,watch', '--resource=namespaces');
    await kubectl(
      'create',
      'clusterrolebinding',
      'more',
      '--clusterrole=more',
      '--serviceaccount=hello-page:limited',
    );
    await heard.until(() => paths(heard.last).includes('Namespace hello-page (cluster)'));
    expect(heard.last.issues.map(({ message }) => message).join()).not.toContain('namespaces');
  });

  it('are refused where the user may not list what no answer can do without', async () => {
    const blind = await reader('blind', ['services', 'namespaces']);
    const refusal =
      /^Not allowed to list (\w+\.networking\.istio\.io(, )?){3} in the whole cluster: .*resources: \[("\w+"(, )?){3}\]/;
    await expect(readLiveRules(blind)).rejects.toThrow(refusal);
    await expect(Heard.of(blind)).rejects.toThrow(refusal);
  });

  it('are followed: what kubectl applies is told, many changes as one', async () => {
    await using heard = await Heard.of(client);
    await setWeights(70, 30);
    await heard.until(() => JSON.stringify(heard.last.files).includes('\\"weight\\": 30'));
    await kubectl('delete', 'virtualservices,serviceentries', '-n', 'hello-page', '--all');
    await heard.until(() => !paths(heard.last).includes('VirtualService hello-page/hello-ext-svc (cluster)'));
    await kubectl('apply', '-k', 'k8s/internal');

    await using patient = await Heard.of(client, { quietMs: 2000, patienceMs: 10_000 });
    const both = ['virtualservice/hello-ext-svc', 'serviceentry/hello-com'];
    await kubectl('annotate', ...both, '-n', 'hello-page', 'seen=yes');
    const times = () => JSON.stringify(patient.last.files).split('\\"seen\\"').length - 1;
    await patient.until(() => times() === both.length);
    expect(patient.events).toHaveLength(1);
  });

  it('stay through a restart of the API server, which is said once, and go on after it', async () => {
    await using heard = await Heard.of(client);
    const { files } = heard.last;
    await cluster.stopServer();
    await heard.until(() => heard.events.some((event) => event instanceof Error));
    await cluster.startServer();
    await heard.until(() => heard.events.includes('resumed'));
    await setWeights(60, 40);
    await heard.until(() => JSON.stringify(heard.last.files).includes('\\"weight\\": 40'));
    expect(heard.events.filter((event) => event instanceof Error)).toHaveLength(1);
    expect(heard.events[0]).toMatchObject({ code: 'API_UNREACHABLE' });
    expect(heard.last.files).toHaveLength(files.length);
  });

  it('are listed anew where the server has forgotten how they came about', async () => {
    const sleeper = await clientOf(cluster.kubeconfig);
    const send = sleeper.send.bind(sleeper);
    let lists = 0;
    // What a laptop that slept for a day holds: a version from before the server's memory begins.
    sleeper.send = async (wanted) => {
      const answer = await send<{ metadata?: { resourceVersion?: string } }>(wanted);
      if (wanted.path.endsWith('/virtualservices') && lists++ === 0 && answer.metadata)
        answer.metadata.resourceVersion = '1';
      return answer as never;
    };
    const stale = sleeper.open(
      {
        method: 'GET',
        path: '/apis/networking.istio.io/v1/virtualservices',
        query: { watch: true, resourceVersion: 1 },
        subject: { verb: 'watch', resource: 'virtualservices' },
      },
      1000,
    );
    const first = await stale.then((lines) => lines.next()).catch((error: unknown) => ({ value: error }));
    expect(JSON.stringify(first.value)).toMatch(/410/);
    await using heard = await Heard.of(sleeper);
    await setWeights(55, 45);
    await heard.until(() => JSON.stringify(heard.last.files).includes('\\"weight\\": 45'));
    expect(lists).toBe(2);
    expect(heard.events.filter((event) => event instanceof Error)).toEqual([]);
  });

  it('have the kinds that are installed later, and lose those that are removed', async () => {
    await using heard = await Heard.of(client, { retryMs: 200 });
    const kind = routingKinds.find(({ group }) => group === 'gateway.networking.k8s.io')?.kind ?? '';
    const plural = `${kind.toLowerCase()}s`;
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.gateway.networking.k8s.io`,
        annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' },
      },
      spec: {
        group: 'gateway.networking.k8s.io',
        scope: 'Namespaced',
        names: { kind, plural, singular: kind.toLowerCase() },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    };
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(definition));
    await cluster.untilServed([definition.metadata.name]);
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      metadata: { name: 'late', namespace: 'hello-page' },
    };
    const applied = await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(route));
    expect(applied.stderr).toBe('');
    await heard.until(() => paths(heard.last).includes(`${kind} hello-page/late (cluster)`));
    await kubectl('delete', 'crd', definition.metadata.name);
    await heard.until(() => !paths(heard.last).includes(`${kind} hello-page/late (cluster)`));
  });
});

it('a cluster without Istio is said to be one', async () => {
  const cluster = await startTestCluster({ istio: false });
  const client = new ApiClient(await findCluster({ kubeconfig: cluster.kubeconfig }));
  try {
    const { issues, files } = await readLiveRules(client);
    expect(issues.map(({ code, file }) => `${file} ${code}`)).toEqual(['cluster test cluster-without-istio']);
    expect(files.map(({ path }) => path)).toContain('Namespace default (cluster)');
  } finally {
    await client.close();
    await cluster.stop();
  }
});
