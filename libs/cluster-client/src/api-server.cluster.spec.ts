import { CountedConnections, startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import {
  ApiClient,
  ApiError,
  ApiUnreachableError,
  findCluster,
  type KubernetesObject,
  kinds,
  type PatchOperation,
  Resources,
  type WatchEvent,
  watch,
} from './index.js';

interface VirtualService extends KubernetesObject {
  spec: {
    hosts: string[];
    http: { name?: string; route: { weight?: number; destination: { host: string } }[] }[];
  };
}

const split = (name: string, ...weights: number[]): VirtualService => ({
  metadata: { name, namespace: 'shop' },
  spec: {
    hosts: [`${name}.example`],
    http: [{ route: weights.map((weight, index) => ({ destination: { host: `arm-${index}` }, weight })) }],
  },
});

describe('against a real API server', () => {
  let cluster: TestCluster;
  let client: ApiClient;
  let services: Resources<VirtualService>;
  const clients: ApiClient[] = [];

  async function clientOf(kubeconfig: string): Promise<ApiClient> {
    const created = new ApiClient(await findCluster({ kubeconfig }));
    clients.push(created);
    return created;
  }

  beforeAll(async () => {
    cluster = await startTestCluster();
    client = await clientOf(cluster.kubeconfig);
    services = new Resources<VirtualService>(client, kinds.virtualService);
    await new Resources(client, kinds.namespace).create({ metadata: { name: 'shop' } });
  });

  afterAll(async () => {
    await Promise.all(clients.map((each) => each.close()));
    await cluster?.stop();
  });

  it('creates, reads, lists and deletes', async () => {
    const created = await services.create(split('crud', 90, 10));
    expect(created).toMatchObject({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' });
    expect((await services.get('shop', 'crud')).spec).toEqual(created.spec);
    expect((await services.list('shop')).items.map(({ metadata }) => metadata.name)).toContain('crud');
    await services.delete('shop', 'crud');
    await expect(services.get('shop', 'crud')).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
  });

  it('lists more objects than a page has', async () => {
    const configMaps = new Resources(client, kinds.configMap);
    const names = Array.from({ length: 510 }, (_, index) => `page-${index}`);
    while (names.length > 0) {
      const batch = names.splice(0, 20);
      await Promise.all(batch.map((name) => configMaps.create({ metadata: { name, namespace: 'shop' } })));
    }
    const { items } = await configMaps.list('shop');
    expect(items.filter(({ metadata }) => metadata.name.startsWith('page-'))).toHaveLength(510);
  });

  const weight = (value: unknown) => ({ op: 'add', path: '/spec/http/0/route/0/weight', value }) as const;
  const hostIs = (value: string) =>
    ({ op: 'test', path: '/spec/http/0/route/0/destination/host', value }) as const;

  it('patches all of it or nothing, and under its own name', async () => {
    await services.create(split('patched', 90, 10));
    const changed = await services.patch('shop', 'patched', [weight(80)]);
    expect(changed.spec.http[0]?.route.map((route) => route.weight)).toEqual([80, 10]);
    expect(changed.metadata.managedFields?.map(({ manager }) => manager)).toContain('grayscale');

    await expect(services.patch('shop', 'patched', [weight(60), hostIs('arm-1')])).rejects.toMatchObject({
      status: 422,
    });
    await expect(services.patch('shop', 'patched', [weight('60')])).rejects.toMatchObject({ status: 422 });
    const unknown = { op: 'add', path: '/spec/http/0/route/0/wieght', value: 1 } as const;
    await expect(services.patch('shop', 'patched', [unknown])).rejects.toThrow(
      /unknown field "spec.http\[0\].route\[0\].wieght"/,
    );
    await services.patch('shop', 'patched', [weight(50)], { dryRun: true });
    expect((await services.get('shop', 'patched')).spec).toEqual(changed.spec);
  });

  it('patches an object as it was read, or is told of a conflict, whatever the operations', async () => {
    const read = await services.create(split('read', 90, 10));
    const others: PatchOperation[] = [
      { op: 'add', path: '/metadata/annotations', value: { owner: 'somebody' } },
      { op: 'replace', path: '/spec/http/0/route/0/destination/host', value: 'arm-7' },
    ];
    const changed = await services.patchAsRead(read, others);
    expect(changed.spec.http[0]?.route[0]?.destination.host).toBe('arm-7');

    const removeOwner = { op: 'remove', path: '/metadata/annotations/owner' } as const;
    const stale: PatchOperation[][] = [
      [weight(70)],
      [hostIs('arm-0'), weight(70)],
      [{ op: 'remove', path: '/spec/http/1' }],
      [removeOwner, removeOwner],
    ];
    for (const operations of stale)
      await expect(services.patchAsRead(read, operations)).rejects.toMatchObject({
        status: 409,
        reason: 'Conflict',
      });
    // On the version that stands there, what does not fit is the patch's own fault.
    await expect(services.patchAsRead(changed, [hostIs('arm-0')])).rejects.toMatchObject({ status: 422 });
    await expect(services.patchAsRead(changed, [removeOwner, removeOwner])).rejects.toMatchObject({
      status: 422,
    });
    expect(await services.get('shop', 'read')).toEqual(changed);

    await services.delete('shop', 'read');
    await expect(services.patchAsRead(changed, [weight(70)])).rejects.toMatchObject({ status: 404 });
  });

  it('says which right is missing', async () => {
    await cluster.kubectl(['create', 'serviceaccount', 'reader', '-n', 'shop']);
    await cluster.kubectl([
      'create',
      'role',
      'reader',
      '-n',
      'shop',
      '--verb=get,list,watch',
      '--resource=virtualservices.networking.istio.io',
    ]);
    await cluster.kubectl([
      'create',
      'rolebinding',
      'reader',
      '-n',
      'shop',
      '--role=reader',
      '--serviceaccount=shop:reader',
    ]);
    const kubeconfig = await cluster.serviceAccount('shop', 'reader');
    await cluster.untilAllowed(kubeconfig, ['get', 'virtualservices.networking.istio.io', '-n', 'shop']);
    const reader = await clientOf(kubeconfig);
    const readable = new Resources<VirtualService>(reader, kinds.virtualService);
    const { metadata } = await services.create(split('guarded', 90, 10));
    expect((await readable.get('shop', 'guarded')).metadata.uid).toBe(metadata.uid);
    await expect(readable.patch('shop', 'guarded', [])).rejects.toThrow(
      /^Not allowed to patch virtualservices\.networking\.istio\.io "guarded" in the namespace shop: .*cannot patch/,
    );
    await expect(readable.list()).rejects.toThrow(
      /^Not allowed to list virtualservices\.networking\.istio\.io in the whole cluster/,
    );
  });

  it('tells every change once and in order, over a server that goes and comes back', async () => {
    await services.create(split('watched', 100, 0));
    const abort = new AbortController();
    const seen: number[] = [];
    let interrupted = 0;
    const told = (async () => {
      for await (const event of watch(services, { namespace: 'shop', signal: abort.signal })) {
        if (event.type === 'interrupted') interrupted++;
        for (const object of objectsOf(event)) {
          const weight = object.spec.http[0]?.route[1]?.weight ?? 0;
          // A list tells again what is known already.
          if (object.metadata.name === 'watched' && weight !== seen.at(-1)) seen.push(weight);
        }
        if (seen.at(-1) === 40) abort.abort();
      }
    })();
    const write = (value: number) =>
      services.patch('shop', 'watched', [{ op: 'add', path: '/spec/http/0/route/1/weight', value }]);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (let weight = 1; weight <= 20; weight++) await write(weight);
    await cluster.stopServer();
    await expect(write(21)).rejects.toBeInstanceOf(ApiUnreachableError);
    while (interrupted === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await cluster.startServer();
    // A server that was started anew may have forgotten what was before; the watch pauses, and is back when it tells of the first change.
    await write(21);
    while (seen.at(-1) !== 21) await new Promise((resolve) => setTimeout(resolve, 10));
    for (let weight = 22; weight <= 40; weight++) await write(weight);
    await told;
    expect(seen.filter((weight) => weight > 0)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('lists anew when the server has forgotten where the watch stood', async () => {
    const forgetful = Object.create(services) as typeof services;
    let lists = 0;
    // What a client that slept for an hour holds: a version that has been compacted away.
    forgetful.list = async (namespace) => {
      const list = await services.list(namespace);
      return lists++ === 0 ? { ...list, metadata: { resourceVersion: '1' } } : list;
    };
    const abort = new AbortController();
    const types: string[] = [];
    for await (const { type } of watch(forgetful, { namespace: 'shop', signal: abort.signal })) {
      types.push(type);
      if (types.length === 2 || type !== 'listed') abort.abort();
    }
    // A server that still remembers everything sends the changes instead: both are right.
    expect(types[0]).toBe('listed');
    expect(['listed', 'added', 'modified']).toContain(types[1]);
  });

  it('does not go on asking where it may not look', async () => {
    const nobody = await clientOf(await cluster.kubeconfigFor('nobody', 'no-such-token'));
    const events = watch(new Resources(nobody, kinds.virtualService), {
      signal: new AbortController().signal,
    });
    await expect(events.next()).rejects.toBeInstanceOf(ApiError);
  });

  it.each(['networking.istio.io', 'shop.example'])('says that %s has no such kind', async (group) => {
    const things = new Resources(client, { group, version: 'v1', plural: 'things', kind: 'Thing' });
    await expect(things.list()).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining(`does not serve things.${group}: its definition is not installed`),
    });
  });

  it('needs few connections for many requests', async () => {
    const counted = await CountedConnections.to(cluster);
    const client = new ApiClient(await findCluster({ kubeconfig: counted.kubeconfig }));
    const things = new Resources(client, kinds.configMap);
    const work = Array.from({ length: 4 }, async () => {
      for (let count = 0; count < 250; count++) await things.get('shop', 'page-1');
    });
    await Promise.all(work);
    await client.close();
    counted.close();
    expect(counted.accepted).toBeLessThanOrEqual(4);
  });
});

function objectsOf<Kind extends KubernetesObject>(event: WatchEvent<Kind>): readonly Kind[] {
  if (event.type === 'listed') return event.objects;
  return 'object' in event ? [event.object] : [];
}
