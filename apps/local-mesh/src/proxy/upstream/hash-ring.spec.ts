import { HashRing } from './hash-ring.js';

const member = (port: number, weight: number) => ({ address: { host: '127.0.0.1', port }, weight });
type Member = ReturnType<typeof member>;
const keys = Array.from({ length: 4000 }, (_, i) => `user-${i}`);

function shareOf(ring: HashRing<Member>, port: number): number {
  return keys.filter((key) => ring.find(key)?.address.port === port).length / keys.length;
}

describe('a consistent hash', () => {
  it('gives an endpoint of three times the weight about three times the keys', () => {
    const ring = new HashRing([member(1, 3), member(2, 1)]);
    expect(shareOf(ring, 1)).toBeGreaterThan(0.68);
    expect(shareOf(ring, 1)).toBeLessThan(0.82);
  });

  it('gives an endpoint of next to no weight some keys', () => {
    const ring = new HashRing([member(1, 1_000_000), member(2, 1)]);
    expect(shareOf(ring, 2)).toBeLessThan(0.02);
    expect(ring.find('user-1')?.address.port).toBe(1);
  });
});
