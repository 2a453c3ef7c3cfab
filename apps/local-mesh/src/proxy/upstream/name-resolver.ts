import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

const keepMs = 5_000;

/** Every address of a name. */
export type LookupSource = (name: string) => Promise<LookupAddress[]>;

/** The system's resolver. */
const systemLookup: LookupSource = (name) =>
  new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, all) => (error === null ? resolve(all) : reject(error)));
  });

interface Entry {
  expires: number;
  answer: Promise<LookupAddress[]>;
  /** The next address to begin with, so that a name with several addresses is balanced. */
  turn: number;
}

/** The system's resolver with a short memory: a lookup for each connection would cost a thread each time. */
export class NameResolver {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly source: LookupSource = systemLookup) {}

  /** Every address of a name, beginning with another one each time. Rejects with the resolver's error. */
  async addresses(name: string): Promise<LookupAddress[]> {
    const entry = this.#entry(name);
    const all = await entry.answer;
    const first = entry.turn++ % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  }

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    this.addresses(name).then(
      (all) => {
        const first = all[0] as LookupAddress;
        if (options.all) callback(null, all);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };

  sweep(): void {
    const now = Date.now();
    for (const [name, entry] of this.#entries) if (entry.expires < now) this.#entries.delete(name);
  }

  #entry(name: string): Entry {
    const known = this.#entries.get(name);
    if (known !== undefined && known.expires > Date.now()) return known;
    const answer = this.source(name);
    const entry = { expires: Date.now() + keepMs, answer, turn: known?.turn ?? 0 };
    // A failure is not remembered: the next request asks again.
    answer.catch(() => this.#entries.delete(name));
    this.#entries.set(name, entry);
    return entry;
  }
}
