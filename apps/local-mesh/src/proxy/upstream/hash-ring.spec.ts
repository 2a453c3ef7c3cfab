import { HashRing } from './hash-ring.js';

const endpoint = (port: number, weight: number) => ({
  address: '127.0.0.1',
  port,
  weight,
  healthy: true,
  labels: {},
});
const keys = Array.from({ length: 4000 }, (_, i) => `user-${i}`);

function shareOf(ring: HashRing, port: number): number {
  return keys.filter((key) => ring.find(key)?.port === port).length / keys.length;
}

describe('a consistent hash', () => {
  it('gives an endpoint of three times the weight about three times the keys', () => {
    const ring = new HashRing([endpoint(1, 3), endpoint(2, 1)]);
    expect(shareOf(ring, 1)).toBeGreaterThan(0.68);
    expect(shareOf(ring, 1)).toBeLessThan(0.82);
  });

  it('gives an endpoint of next to no weight some keys', () => {
    const ring = new HashRing([endpoint(1, 1_000_000), endpoint(2, 1)]);
    expect(shareOf(ring, 2)).toBeLessThan(0.02);
    expect(ring.find('user-1')?.port).toBe(1);
  });
});
