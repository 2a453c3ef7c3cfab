import type { Cluster, Endpoint, LoadBalancing } from '@grayscale/traffic-rules';
import { Dialler } from './dialler.js';
import type { Host } from './host.js';
import type { Choice } from './load-balancer.js';
import { UpstreamCluster } from './upstream-cluster.js';
import { Upstreams } from './upstreams.js';

function endpoint(port: number, more: Partial<Endpoint> = {}): Endpoint {
  return { address: '127.0.0.1', port, weight: 1, healthy: true, labels: {}, ...more };
}

function cluster(loadBalancing: LoadBalancing, endpoints: Endpoint[]): Cluster {
  return {
    name: 'outbound|80||back.ext',
    service: { host: 'back.ext', name: 'back.ext', namespace: 'hello-page' },
    port: 80,
    subset: '',
    discovery: 'static',
    endpoints,
    loadBalancing,
    connectTimeoutMs: 1000,
    protocol: 'http1',
  };
}

/** Nothing is dialled here. */
const dialler = new Dialler({
  dial: (address) => address,
  lookup: () => {},
  isOwn: () => false,
  trusted: () => [],
});
const draws = (values: number[]) => () => values.shift() ?? 0;
const plain: Choice = { random: () => 0, hashKey: undefined, tried: new Set<Host>() };

function upstream(loadBalancing: LoadBalancing, endpoints: Endpoint[]): UpstreamCluster {
  const made = new UpstreamCluster(dialler);
  made.update(cluster(loadBalancing, endpoints));
  return made;
}

function port(chosenFrom: UpstreamCluster, choice: Partial<Choice> = {}): number | undefined {
  return chosenFrom.choose({ ...plain, ...choice })?.address.port;
}

describe('UpstreamCluster', () => {
  it('never chooses an endpoint that is not ready', () => {
    expect(port(upstream('LEAST_REQUEST', [endpoint(1, { healthy: false }), endpoint(2)]))).toBe(2);
  });

  it('has nothing to choose when none is ready', () => {
    expect(port(upstream('LEAST_REQUEST', [endpoint(1, { healthy: false })]))).toBeUndefined();
  });

  it('LEAST_REQUEST: the less busy one of two drawn', () => {
    const all = upstream('LEAST_REQUEST', [endpoint(1), endpoint(2), endpoint(3)]);
    all.hostAt({ host: '127.0.0.1', port: 1 }).active = 5;
    expect(port(all, { random: draws([0, 0.5]) })).toBe(2);
  });

  it.each([
    [0, 1],
    [0.2499, 1],
    [0.25, 2],
    [0.9999, 2],
  ])('RANDOM: weights 1 and 3, a draw of %d goes to endpoint %d', (draw, expected) => {
    const all = upstream('RANDOM', [endpoint(1), endpoint(2, { weight: 3 })]);
    expect(port(all, { random: draws([draw]) })).toBe(expected);
  });

  it('ROUND_ROBIN: every endpoint as often in a round as its weight says', () => {
    const all = upstream('ROUND_ROBIN', [endpoint(1), endpoint(2, { weight: 3 })]);
    const chosen = Array.from({ length: 8 }, () => port(all));
    expect(chosen.filter((one) => one === 1)).toHaveLength(2);
  });

  it('avoids what was tried while there is something else', () => {
    const all = upstream('ROUND_ROBIN', [endpoint(1), endpoint(2)]);
    const first = all.hostAt({ host: '127.0.0.1', port: 1 });
    expect(port(all, { tried: new Set([first]) })).toBe(2);
  });

  it('consistent hash: one key, one endpoint; losing an endpoint moves only its own keys', () => {
    const endpoints = [endpoint(1), endpoint(2), endpoint(3)];
    const all = upstream({ kind: 'header', name: 'user' }, endpoints);
    const keys = Array.from({ length: 300 }, (_, i) => `user-${i}`);
    const before = keys.map((hashKey) => port(all, { hashKey }));
    all.update(cluster({ kind: 'header', name: 'user' }, endpoints.slice(0, 2)));
    const after = keys.map((hashKey) => port(all, { hashKey }));
    expect(new Set(before)).toEqual(new Set([1, 2, 3]));
    expect(after.filter((one, index) => before[index] !== 3 && one !== before[index])).toEqual([]);
  });

  describe('when the rules are read anew', () => {
    it('goes on in turn', () => {
      const all = new UpstreamCluster(dialler);
      const chosen = Array.from({ length: 6 }, () => {
        all.update(cluster('ROUND_ROBIN', [endpoint(1), endpoint(2), endpoint(3)]));
        return port(all);
      });
      expect(chosen).toEqual([1, 2, 3, 1, 2, 3]);
    });

    it('takes their endpoints, weights and policy', () => {
      const all = upstream('ROUND_ROBIN', [endpoint(1)]);
      all.update(cluster('RANDOM', [endpoint(7), endpoint(8, { weight: 3 })]));
      expect([port(all, { random: () => 0.2 }), port(all, { random: () => 0.3 })]).toEqual([7, 8]);
    });

    it('keeps what is known of a host, one that comes back as well', () => {
      const all = upstream('LEAST_REQUEST', [endpoint(1), endpoint(2)]);
      const host = all.choose(plain) as Host;
      host.active = 3;
      all.update(cluster('LEAST_REQUEST', [endpoint(2)]));
      all.update(cluster('LEAST_REQUEST', [endpoint(1), endpoint(2)]));
      expect(all.choose(plain)).toBe(host);
      expect(port(all, { random: draws([0, 0.5]) })).toBe(2);
    });
  });

  it('is forgotten when it is out of use, and no other', () => {
    const all = cluster('ROUND_ROBIN', [endpoint(1), endpoint(2)]);
    const upstreams = new Upstreams(dialler);
    const next = () => port(upstreams.of({ ...all }));
    expect([next(), next(), next()]).toEqual([1, 2, 1]);
    upstreams.sweep();
    expect(next()).toBe(2);
    next();
    const later = Date.now() + 700_000;
    upstreams.sweep(later);
    upstreams.sweep(later);
    expect(next()).toBe(1);
  });
});
