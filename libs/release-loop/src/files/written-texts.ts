import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { JournalEntry, Json } from '@grayscale/release';
import { readYaml } from '@grayscale/traffic-rules';

/** What the journal keeps of a file: its text at the start of a run. */
export interface StartText {
  path: string;
  text: string;
}

/** Knows the files as they were at the start of the run, and as we have written them since, to give exact bytes back. */
export class WrittenTexts {
  private readonly start = new Map<string, string>();
  /** Fingerprints of every text of the run, by file. */
  private readonly ours = new Map<string, Set<string>>();

  /** Takes over what an entry says of files. */
  note({ op, files, file, sha256 }: JournalEntry): void {
    if (op === 'start') {
      this.start.clear();
      this.ours.clear();
      for (const { path, text } of (files ?? []) as unknown as StartText[]) {
        this.start.set(path, text);
        this.ours.set(path, new Set([fingerprint(text)]));
      }
    }
    if (typeof file === 'string' && typeof sha256 === 'string') this.ours.get(file)?.add(sha256);
  }

  /**
   * The text to write for an edit: the bytes of the start where the edit means the same and nobody else has edited the file since,
   * so that also a weight that was missing, or written as 0x0A, is again what it was.
   */
  exact({ path, before, after }: { path: string; before: string; after: string }): string {
    const start = this.start.get(path);
    if (start === undefined || this.ours.get(path)?.has(fingerprint(before)) !== true) return after;
    return sameMeaning(start, after, path) ? start : after;
  }
}

/** Details of an entry that announces or reports a text. */
export function textDetails(path: string, text: string): { file: Json; sha256: Json } {
  return { file: path, sha256: fingerprint(text) };
}

export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether two texts differ in nothing but how weights are written: a missing one is 0, in a route 1, and 0x0A is 10. */
function sameMeaning(a: string, b: string, path: string): boolean {
  const values = (text: string) => readYaml(text, path).documents.map(({ value }) => withPlainWeights(value));
  return isDeepStrictEqual(values(a), values(b));
}

function withPlainWeights(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainWeights);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [
    name,
    Object.hasOwn(usualWeights, name) && Array.isArray(inner) && inner.length > 1
      ? inner.map((destination) => weighted(destination, usualWeights[name]))
      : withPlainWeights(inner),
  ]);
  return Object.fromEntries(fields);
}

/** What a weight is that is not written, by the name of the list. */
const usualWeights: Record<string, number> = { route: 0, backendRefs: 1 };

function weighted(destination: unknown, usual: number | undefined): unknown {
  if (typeof destination !== 'object' || destination === null) return destination;
  const { weight } = destination as { weight?: unknown };
  return { ...destination, weight: Number(weight ?? usual) };
}
