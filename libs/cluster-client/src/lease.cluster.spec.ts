import { setTimeout as after } from 'node:timers/promises';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { ApiClient, findCluster, kinds, Lease, type LeaseOptions, Resources } from './index.js';

describe('a Lease', () => {
  let cluster: TestCluster;
  let client: ApiClient;
  let leases = 0;

  beforeAll(async () => {
    cluster = await startTestCluster({ istio: false });
    client = new ApiClient(await findCluster({ kubeconfig: cluster.kubeconfig }));
  });

  afterAll(async () => {
    await client?.close();
    await cluster?.stop();
  });

  /** Contenders for one lease that nobody had before. */
  function contenders(options: Partial<LeaseOptions> = {}): (identity: string) => Lease {
    const name = `lease-${leases++}`;
    const quick = { duration: 5000, retryPeriod: 200 };
    return (identity) => new Lease(client, { namespace: 'default', name, identity, ...quick, ...options });
  }

  it('is one contender’s alone, until it is given back', async () => {
    const contender = contenders();
    const [one, other] = [contender('one'), contender('other')];
    const tried = await Promise.all([one.tryAcquire(), other.tryAcquire()]);
    expect(tried.map(({ kind }) => kind).sort()).toEqual(['acquired', 'held']);
    const [holder, waiting] = one.isHeld ? [one, other] : [other, one];
    // Longer than it lasts: it is renewed.
    await after(6000);
    expect(await waiting.tryAcquire()).toEqual({
      kind: 'held',
      by: holder === one ? 'one' : 'other',
      isFresh: true,
    });
    expect(await waiting.holder()).toBe(holder === one ? 'one' : 'other');
    await holder.release();
    expect(await waiting.holder()).toBeUndefined();
    expect(await waiting.tryAcquire()).toEqual({ kind: 'acquired' });
    await waiting.release();
  });

  it('of a silent holder is taken once it was seen unchanged for its duration, whatever its clock says', async () => {
    const contender = contenders();
    const name = `lease-${leases - 1}`;
    const spec = {
      holderIdentity: 'silent',
      leaseDurationSeconds: 1,
      // A clock that is a year ahead.
      renewTime: new Date(Date.now() + 365 * 86_400_000).toISOString().replace('Z', '000Z'),
    };
    await new Resources(client, kinds.lease).create({ metadata: { namespace: 'default', name }, spec });
    const other = contender('other');
    const started = performance.now();
    expect(await other.tryAcquire()).toMatchObject({ kind: 'held', by: 'silent' });
    expect(await other.acquire(new AbortController().signal)).toBe(true);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
    await other.release();
  });

  it('of a holder that is known to have died is taken at once', async () => {
    const contender = contenders({ isDead: async (identity) => identity === 'dead', duration: 60_000 });
    await contender('dead').tryAcquire();
    expect(await contender('other').holder()).toBeUndefined();
    const other = contender('other');
    expect(await other.tryAcquire()).toEqual({ kind: 'acquired' });
    await other.release();
  });

  it('is lost when somebody else has it, and when it cannot be renewed', async () => {
    const contender = contenders();
    const one = contender('one');
    await one.tryAcquire();
    const { lost } = one;
    const resources = new Resources(client, kinds.lease);
    const name = `lease-${leases - 1}`;
    for (;;) {
      const object = await resources.get('default', name);
      const spec = { ...(object.spec as object), holderIdentity: 'thief' };
      if (
        await resources.replace({ ...object, spec }).then(
          () => true,
          () => false,
        )
      )
        break;
    }
    while (!lost.aborted) await after(10);
    expect(one.isHeld).toBe(false);
    await one.release();
    expect((await resources.get('default', name)).spec).toMatchObject({ holderIdentity: 'thief' });

    const next = contenders()('next');
    await next.tryAcquire();
    await cluster.stopServer();
    try {
      while (!next.lost.aborted) await after(10);
      expect(next.isHeld).toBe(false);
    } finally {
      await cluster.startServer();
    }
    // Nobody else has it: it is ours again.
    expect(await next.tryAcquire()).toEqual({ kind: 'acquired' });
    await next.release();
  });
});
