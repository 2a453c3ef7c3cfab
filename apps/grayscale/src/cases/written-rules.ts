import { type JsonObject, ManifestDocument, type ManifestFile } from '@grayscale/manifest-files';
import type { Because, Location } from '@grayscale/traffic-rules';

/** Finds rules as their author wrote them, in Istio's spelling. */
export class WrittenRules {
  private readonly rules = new Map<string, JsonObject>();

  constructor(files: readonly ManifestFile[]) {
    for (const file of files)
      for (const { rules, source } of ManifestDocument.find(file, { kind: 'VirtualService' }))
        for (const [index, rule] of rules.entries())
          this.rules.set(key(source.locatePath(['spec', 'http', index])), rule);
  }

  /** The entry of `spec.http` that decided; undefined when no rule did. */
  ruleOf({ rule }: Because): JsonObject | undefined {
    return rule === undefined ? undefined : this.rules.get(key(rule.location));
  }
}

function key({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`;
}
