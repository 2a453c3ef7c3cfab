import { type CountSource, type Json, rateInterval } from '@grayscale/release';
import { destinationText, type Split, type SplitDestination } from '../weight/split.js';

/** What a destination should have got of the rule's requests, and what it got; in percent. */
export interface ObservedShare {
  destination: string;
  written: number;
  share: number;
  /** An interval that holds the true share with at least 99 %, however often one looks. */
  low: number;
  high: number;
  /** Requests to all destinations of the rule. */
  of: number;
  /** Whether the written share is outside of the interval. */
  differs: boolean;
}

/** The chance of calling a split wrong that is in force. */
const risk = 0.01;

/** Counts the requests to the destinations of a split. */
export class ObservedSplit {
  private readonly requests = new Map<string, number>();
  private cursor: Json | undefined;

  constructor(
    private readonly split: Split,
    private readonly source: CountSource,
  ) {}

  /** Counts what came since the last look. @returns why that was not possible */
  async look(): Promise<string | undefined> {
    const arms = this.destinations().map(({ key, host, subset }) => ({
      key,
      host,
      ...(subset === undefined ? {} : { subset }),
    }));
    const look = await this.source.look({ callers: [], arms, bounds: [], queries: [] }, this.cursor);
    if (look.kind === 'no-look') return look.reason;
    this.cursor = look.cursor;
    for (const { arm, requests } of look.counts)
      this.requests.set(arm, (this.requests.get(arm) ?? 0) + requests);
    return undefined;
  }

  shares(): ObservedShare[] {
    const destinations = this.destinations();
    const weights = destinations.reduce((sum, { weight }) => sum + weight, 0);
    const of = [...this.requests.values()].reduce((sum, requests) => sum + requests, 0);
    return destinations.map(({ key, weight }) => {
      const bad = this.requests.get(key) ?? 0;
      const written = weights === 0 ? 0 : (100 * weight) / weights;
      const { low, high } = rateInterval({ requests: of, bad }, risk / destinations.length);
      const share = of === 0 ? 0 : (100 * bad) / of;
      const differs = of > 0 && (written < 100 * low || written > 100 * high);
      return { destination: key, written, share, low: 100 * low, high: 100 * high, of, differs };
    });
  }

  private destinations(): Array<SplitDestination & { key: string }> {
    const { namespace } = this.split.document.identity;
    return this.split.destinations.map((destination) => {
      const host = destination.host.includes('.')
        ? destination.host
        : `${destination.host}.${namespace}.svc.cluster.local`;
      return { ...destination, host, key: destinationText({ ...destination, host }) };
    });
  }
}
