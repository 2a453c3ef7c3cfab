import { createHash } from 'node:crypto';
import { type Address, addressText } from '../address.js';

/** A place on a ring is given by the address, its share by the weight. */
export interface RingMember {
  readonly address: Address;
  /** At least 1. */
  readonly weight: number;
}

/** Places of the heaviest member; the others have fewer. Independent of how many members there are, so that their places stay. */
const places = 1024;

/** A consistent hash: when a member comes or goes, only its own share of the keys moves. */
export class HashRing<Member extends RingMember> {
  readonly #ring: Array<{ hash: number; member: Member }> = [];

  constructor(members: readonly Member[]) {
    const heaviest = Math.max(...members.map(({ weight }) => weight));
    for (const member of members) {
      const share = Math.max(1, Math.round((places * member.weight) / heaviest));
      for (let i = 0; i < share; i++) {
        this.#ring.push({ hash: hashOf(`${addressText(member.address)}_${i}`), member });
      }
    }
    this.#ring.sort((a, b) => a.hash - b.hash);
  }

  find(key: string): Member | undefined {
    const hash = hashOf(key);
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ring[middle]?.hash ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return (this.#ring[low] ?? this.#ring[0])?.member;
  }
}

function hashOf(text: string): number {
  return createHash('md5').update(text, 'latin1').digest().readUInt32BE(0);
}
