import { holdsDocuments, type Resource } from '@grayscale/traffic-rules';
import { fileError, type ManifestIssue } from './file-issue.js';
import type { ManifestSet } from './manifest-reader.js';

/**
 * An error for each file that held resources and now holds nothing, or nothing but comments: more likely a save that went
 * wrong than the wish to take its rules out of force, for which a file is deleted.
 * @param before the resources in force
 */
export function emptiedFiles({ files }: ManifestSet, before: readonly Resource[]): ManifestIssue[] {
  const held = new Map<string, string[]>();
  for (const { kind, metadata, source } of before) {
    const names = held.get(source.file) ?? [];
    names.push(`${kind} ${metadata.name}`);
    held.set(source.file, names);
  }
  return files.flatMap(({ path, text }) => {
    const names = held.get(path);
    return names === undefined || holdsDocuments(text, path) ? [] : [emptied(path, names)];
  });
}

function emptied(path: string, names: readonly string[]): ManifestIssue {
  const others = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return fileError(
    'file-emptied',
    { file: path },
    `${path} held ${names.slice(0, 3).join(', ')}${others}, and now holds nothing. Save it again with its resources, or delete it if they are to go.`,
  );
}
