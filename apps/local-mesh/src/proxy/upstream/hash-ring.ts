import { createHash } from 'node:crypto';
import type { Endpoint } from '@grayscale/traffic-rules';

/** Places of the heaviest endpoint; the others have fewer. Independent of how many endpoints there are, so that their places stay. */
const places = 1024;

/** A consistent hash: when an endpoint comes or goes, only its own share of the keys moves. */
export class HashRing {
  readonly #ring: Array<{ hash: number; endpoint: Endpoint }> = [];

  constructor(endpoints: readonly Endpoint[]) {
    const heaviest = Math.max(...endpoints.map(({ weight }) => weight));
    for (const endpoint of endpoints) {
      const share = Math.max(1, Math.round((places * endpoint.weight) / heaviest));
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
