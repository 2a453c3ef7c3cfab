import type { ManifestFile } from '@grayscale/manifest-files';
import type { Because } from '@grayscale/traffic-rules';
import { LineCounter, parseAllDocuments } from 'yaml';

/** Finds rules as their author wrote them, in Istio's spelling. */
export class WrittenRules {
  private readonly documents = new Map<string, Array<{ from: number; value: unknown }>>();

  constructor(files: readonly ManifestFile[]) {
    for (const { path, text } of files) this.documents.set(path, documentsOf(text));
  }

  /** The entry of `spec.http` that decided; undefined when no rule did. */
  ruleOf({ resource, rule }: Because): Record<string, unknown> | undefined {
    if (resource === undefined || rule === undefined) return undefined;
    const { file, line } = rule.location;
    const document = this.documents.get(file)?.findLast(({ from }) => from <= line);
    return ruleAt(document?.value, rule.index);
  }
}

function documentsOf(text: string): Array<{ from: number; value: unknown }> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => ({
    from: lines.linePos(document.range[0]).line,
    value: document.toJS() as unknown,
  }));
}

function ruleAt(value: unknown, index: number): Record<string, unknown> | undefined {
  const { spec } = (value ?? {}) as { spec?: { http?: unknown } };
  const rules: unknown[] = Array.isArray(spec?.http) ? spec.http : [];
  const rule = rules[index];
  return typeof rule === 'object' && rule !== null ? (rule as Record<string, unknown>) : undefined;
}
