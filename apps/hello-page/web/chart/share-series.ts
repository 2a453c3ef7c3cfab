/** The key of failures among the shares; answers are prefixed, so no answer can be taken for it. */
export const errorKey = 'error';

/** The key of an answer among the shares. */
export function answerKey(answer: string): string {
  return `answer:${answer}`;
}

/** Something changed what the answers ought to be. */
export interface Mark {
  /** Seconds since the epoch. */
  at: number;
  cause: MarkCause;
}

export type MarkCause = 'rule' | 'name';

/** Shares over time, one value a second for each key; null where nothing was finished. */
export interface ShareSeries {
  /** Seconds since the epoch. */
  times: number[];
  keys: string[];
  /** 0-100 by key, in the order of `keys`. */
  shares: Array<Array<number | null>>;
  /** What was wanted, 0-100, in the order of `keys`. */
  wanted: Array<Array<number | null>>;
  marks: Mark[];
}

interface Bucket {
  second: number;
  total: number;
  counts: Map<string, number>;
  wanted: ReadonlyMap<string, number>;
}

/** How long the chart looks back, in seconds. */
export const chartSeconds = 300;

/** Each value covers this many seconds: one alone holds too few requests for a share to mean anything. */
const windowSeconds = 10;

const nothingWanted: ReadonlyMap<string, number> = new Map();

/** Collects what finished, second by second; bounded by `chartSeconds`. */
export class ShareRecorder {
  #buckets: Bucket[] = [];
  #marks: Mark[] = [];
  #wanted = nothingWanted;

  /** One finished request; `at` in milliseconds since the epoch. */
  record(key: string, at: number): void {
    const bucket = this.#bucketOf(Math.floor(at / 1000));
    bucket.total++;
    bucket.counts.set(key, (bucket.counts.get(key) ?? 0) + 1);
  }

  /** What is wanted from now on, 0-1 by key. */
  want(wanted: ReadonlyMap<string, number>): void {
    this.#wanted = wanted;
    const newest = this.#buckets.at(-1);
    if (newest) newest.wanted = wanted;
  }

  /** A change: shares begin anew from here, so that a line never mixes what two rules wanted. */
  mark(cause: MarkCause, at: number): void {
    this.#marks.push({ at: at / 1000, cause });
  }

  clear(): void {
    this.#buckets = [];
    this.#marks = [];
  }

  /** The lines as they stand at `now`, in milliseconds since the epoch. */
  series(now: number): ShareSeries {
    const oldest = Math.floor(now / 1000) - chartSeconds;
    this.#buckets = this.#buckets.filter(({ second }) => second >= oldest);
    this.#marks = this.#marks.filter(({ at }) => at >= oldest);
    const keys = [
      ...new Set(this.#buckets.flatMap(({ counts, wanted }) => [...counts.keys(), ...wanted.keys()])),
    ];
    const windows = this.#buckets.map((bucket, index) => this.#window(index, bucket.second));
    return {
      times: this.#buckets.map(({ second }) => second),
      keys,
      shares: keys.map((key) => windows.map((window) => percentOf(window, key))),
      wanted: keys.map((key) => this.#buckets.map(({ wanted }) => percent(wanted.get(key)))),
      marks: [...this.#marks],
    };
  }

  #bucketOf(second: number): Bucket {
    const newest = this.#buckets.at(-1);
    if (newest && newest.second >= second) return newest;
    const bucket = { second, total: 0, counts: new Map<string, number>(), wanted: this.#wanted };
    this.#buckets.push(bucket);
    if (this.#buckets.length > chartSeconds) this.#buckets.shift();
    return bucket;
  }

  /** The buckets of the last seconds up to this one, but not from before the last mark. */
  #window(index: number, second: number): Bucket[] {
    const mark = this.#marks.findLast(({ at }) => at < second + 1);
    // The second of the mark itself holds requests of before and after: later seconds leave it out.
    const clean = mark ? Math.min(second, Math.floor(mark.at) + 1) : 0;
    const from = Math.max(second - windowSeconds + 1, clean);
    return this.#buckets
      .slice(Math.max(0, index - windowSeconds + 1), index + 1)
      .filter((bucket) => bucket.second >= from);
  }
}

function percentOf(window: readonly Bucket[], key: string): number | null {
  const total = window.reduce((sum, bucket) => sum + bucket.total, 0);
  const count = window.reduce((sum, bucket) => sum + (bucket.counts.get(key) ?? 0), 0);
  return total === 0 ? null : (100 * count) / total;
}

function percent(share: number | undefined): number | null {
  return share === undefined ? null : 100 * share;
}
