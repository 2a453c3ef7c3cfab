import { createHash } from 'node:crypto';
import type { Endpoint } from '@grayscale/traffic-rules';

/** Envoy's ring has at least 1024 places; each endpoint gets its share of them. */
const places = 1024;

/** A consistent hash: when an endpoint comes or goes, only its own share of the keys moves. */
export class HashRing {
  readonly #ring: Array<{ hash: number; endpoint: Endpoint }> = [];

  constructor(endpoints: readonly Endpoint[]) {
    const total = endpoints.reduce((sum, { weight }) => sum + weight, 0);
    for (const endpoint of endpoints) {
      const share = Math.max(1, Math.ceil((places * endpoint.weight) / total));
      for (let i = 0; i < share; i++) {
        this.#ring.push({ hash: hashOf(`${endpoint.address}:${endpoint.port}_${i}`), endpoint });
      }
    }
    this.#ring.sort((a, b) => a.hash - b.hash);
  }

  find(key: string): Endpoint | undefined {
    const hash = hashOf(key);
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle]?.hash ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return (this.#ring[low] ?? this.#ring[0])?.endpoint;
  }
}

function hashOf(text: string): number {
  return createHash('md5').update(text, 'latin1').digest().readUInt32BE(0);
}
