import type { Cluster, Endpoint, LoadBalancing } from '@grayscale/traffic-rules';
import { LoadBalancer } from './load-balancer.js';

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
    http2: false,
  };
}

const draws = (values: number[]) => () => values.shift() ?? 0;
const context = { random: () => 0, active: () => 0, hashKey: undefined, tried: new Set<Endpoint>() };

describe('LoadBalancer', () => {
  it('never chooses an endpoint that is not ready', () => {
    const all = cluster('LEAST_REQUEST', [endpoint(1, { healthy: false }), endpoint(2)]);
    expect(new LoadBalancer().choose(all, context)?.port).toBe(2);
  });

  it('has nothing to choose when none is ready', () => {
    const all = cluster('LEAST_REQUEST', [endpoint(1, { healthy: false })]);
    expect(new LoadBalancer().choose(all, context)).toBeUndefined();
  });

  it('LEAST_REQUEST: the less busy one of two drawn', () => {
    const all = cluster('LEAST_REQUEST', [endpoint(1), endpoint(2), endpoint(3)]);
    const active = ({ port }: Endpoint) => (port === 1 ? 5 : 1);
    const random = draws([0, 0, 0.5]);
    expect(new LoadBalancer().choose(all, { ...context, random, active })?.port).toBe(2);
  });

  it.each([
    [0, 1],
    [0.2499, 1],
    [0.25, 2],
    [0.9999, 2],
  ])('RANDOM: weights 1 and 3, a draw of %d goes to endpoint %d', (draw, port) => {
    const all = cluster('RANDOM', [endpoint(1), endpoint(2, { weight: 3 })]);
    expect(new LoadBalancer().choose(all, { ...context, random: draws([0, draw]) })?.port).toBe(port);
  });

  it('ROUND_ROBIN: every endpoint as often in a round as its weight says', () => {
    const all = cluster('ROUND_ROBIN', [endpoint(1), endpoint(2, { weight: 3 })]);
    const balancer = new LoadBalancer();
    const chosen = Array.from({ length: 8 }, () => balancer.choose(all, context)?.port);
    expect(chosen.filter((port) => port === 1)).toHaveLength(2);
  });

  it('ROUND_ROBIN goes on in turn when the rules are read anew', () => {
    const read = () => cluster('ROUND_ROBIN', [endpoint(1), endpoint(2), endpoint(3)]);
    const balancer = new LoadBalancer();
    const chosen = Array.from({ length: 6 }, () => balancer.choose(read(), context)?.port);
    expect(chosen).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('takes the endpoints of the rules in force', () => {
    const balancer = new LoadBalancer();
    expect(balancer.choose(cluster('ROUND_ROBIN', [endpoint(1)]), context)?.port).toBe(1);
    expect(balancer.choose(cluster('ROUND_ROBIN', [endpoint(7)]), context)?.port).toBe(7);
  });

  it('forgets a cluster that is out of use, and no other', () => {
    const all = cluster('ROUND_ROBIN', [endpoint(1), endpoint(2)]);
    const balancer = new LoadBalancer();
    const next = () => balancer.choose({ ...all }, context)?.port;
    expect([next(), next(), next()]).toEqual([1, 2, 1]);
    balancer.sweep();
    expect(next()).toBe(2);
    next();
    balancer.sweep(Date.now() + 700_000);
    expect(next()).toBe(1);
  });

  it('avoids what was tried while there is something else', () => {
    const [first, second] = [endpoint(1), endpoint(2)];
    const all = cluster('ROUND_ROBIN', [first, second]);
    expect(new LoadBalancer().choose(all, { ...context, tried: new Set([first]) })?.port).toBe(2);
  });

  it('consistent hash: one key, one endpoint; losing an endpoint moves only its own keys', () => {
    const endpoints = [endpoint(1), endpoint(2), endpoint(3)];
    const policy = { kind: 'header', name: 'user' } as const;
    const balancer = new LoadBalancer();
    const three = cluster(policy, endpoints);
    const two = cluster(policy, endpoints.slice(0, 2));
    const keys = Array.from({ length: 300 }, (_, i) => `user-${i}`);
    const before = keys.map((hashKey) => balancer.choose(three, { ...context, hashKey })?.port);
    const after = keys.map((hashKey) => balancer.choose(two, { ...context, hashKey })?.port);
    expect(new Set(before)).toEqual(new Set([1, 2, 3]));
    expect(after.filter((port, index) => before[index] !== 3 && port !== before[index])).toEqual([]);
  });
});
