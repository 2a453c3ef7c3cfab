import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { issueLine } from '@grayscale/manifest-files';
import { type OfferedPlan, readPlan } from '@grayscale/release';
import { fingerprint } from './written-texts.js';

/** Longer than an editor takes between emptying a file and having written it whole, in milliseconds. */
const savingTakes = 100;

/** A plan's file, which its author may save while the release runs. */
export class PlanText {
  constructor(
    private readonly path: string,
    /** As it was read last; after a failure, its code. */
    private known: string,
  ) {}

  get fingerprint(): string {
    return fingerprint(this.known);
  }

  /** What is new in the file; undefined where nothing is. A file that is being saved is left alone until the next time. */
  async news(): Promise<OfferedPlan | undefined> {
    const first = await this.read();
    if (first.text === this.known) return undefined;
    await after(savingTakes);
    const { text, failure } = await this.read();
    if (text !== first.text) return undefined;
    this.known = text;
    return failure === undefined ? this.offer(text) : { kind: 'invalid', message: failure };
  }

  private offer(text: string): OfferedPlan {
    const { plan, issues } = readPlan(text, this.path);
    if (plan !== undefined) return { kind: 'plan', plan };
    const errors = issues.filter(({ severity }) => severity === 'error');
    return { kind: 'invalid', message: errors.map(issueLine).join('; ') };
  }

  private async read(): Promise<{ text: string; failure?: string }> {
    try {
      return { text: await readFile(this.path, 'utf8') };
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      return { text: code, failure: `${this.path} cannot be read: ${code}` };
    }
  }
}
