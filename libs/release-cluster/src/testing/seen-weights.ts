import { watch } from '@grayscale/cluster-client';
import type { RuleObject } from '../rule-objects.js';
import type { Stage } from './stage.js';

/** What a watch tells of one VirtualService: each change of its split rule's weights, in order. */
export class SeenWeights {
  readonly changes: string[] = [];
  private readonly stop = new AbortController();
  private followed: Promise<void> = Promise.resolve();

  /** Begins to watch; resolves once the present state is known. */
  static async of(stage: Stage, name: string): Promise<SeenWeights> {
    const seen = new SeenWeights();
    await new Promise<void>((resolve, reject) => {
      seen.followed = seen.follow(stage, name, resolve).catch(reject);
    });
    return seen;
  }

  /** Ends the watch once it has told of the weights. @returns all changes up to them */
  async until(weights: string): Promise<string[]> {
    while (!this.changes.includes(weights)) await new Promise((resolve) => setTimeout(resolve, 10));
    this.stop.abort();
    await this.followed;
    return this.changes.slice(0, this.changes.indexOf(weights) + 1);
  }

  private async follow(stage: Stage, name: string, began: () => void): Promise<void> {
    const options = { namespace: 'shop', signal: this.stop.signal };
    for await (const event of watch(stage.virtualServices, options)) {
      if (event.type === 'listed') {
        for (const object of event.objects) this.note(object, name);
        began();
      }
      if (event.type === 'modified') this.note(event.object, name);
    }
  }

  private note({ metadata, spec }: RuleObject, name: string): void {
    if (metadata.name !== name) return;
    const [rule] = (spec?.http ?? []).slice(-1) as { route: { weight?: number }[] }[];
    const weights = rule?.route.map(({ weight }) => weight ?? 0).join('/') ?? '';
    if (weights !== this.changes.at(-1)) this.changes.push(weights);
  }
}
