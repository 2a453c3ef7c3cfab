import { locationOf, placeText, readYaml } from '@grayscale/traffic-rules';
import { fileError, type ManifestIssue } from '../file-issue.js';
import type { ManifestSet } from '../manifest-reader.js';
import type { ManifestFile } from '../reading.js';
import { describe, ManifestDocument, type ObjectIdentity } from './manifest-document.js';

/** The one place where an object is written, or why no edit can be made there. */
export type FoundDocument = { document: ManifestDocument } | { issues: ManifestIssue[] };

/**
 * Finds an object in what was read, to edit it. It has to be written exactly once, in a file that can be written to, and no kustomization
 * may change it afterwards.
 */
export function findDocument(set: ManifestSet, wanted: ObjectIdentity): FoundDocument {
  // A name can be written in other ways only with escapes.
  const files = set.files.filter(({ text }) => text.includes(wanted.name) || text.includes('\\'));
  const found = files.flatMap((file) => ManifestDocument.find(file, wanted));
  const [document, second] = found;
  if (document === undefined) return { issues: [...files.flatMap(unreadable), notFound(wanted, set)] };
  if (second !== undefined) return { issues: [foundTwice(document, second)] };
  const patches = changesAfterwards(set, wanted);
  return patches.length > 0 ? { issues: patches } : { document };
}

/** Why a file that might have it could not be read; `{{` makes YAML of another kind of a template. */
function unreadable({ path, text }: ManifestFile): ManifestIssue[] {
  const { issues } = readYaml(text, path);
  const template = text.indexOf('{{');
  if (issues.length === 0 || template === -1) return issues;
  const line = text.slice(0, template).split('\n').length;
  const message =
    'The {{ here makes this file a template, which is not YAML until it is rendered. Edit the values that the template is given, or the rendered file.';
  return [fileError('edit-template', { file: path, line }, message)];
}

/** What a kustomization does to the object after its file is read: an edit of the file might then change nothing. */
function changesAfterwards(
  { issues }: ManifestSet,
  { kind, name, ...rest }: ObjectIdentity,
): ManifestIssue[] {
  const concerned = issues.filter(
    ({ code, resource }) =>
      code === 'kustomization-not-followed' && (resource === '' || resource === `${kind} ${name}`),
  );
  return concerned.map(({ file, line, column, path }) => ({
    ...fileError(
      'edit-patched',
      { file, line, column, path },
      'The kustomization may change the object here, after its file is read, so that an edit of the file would not count. Change the weights here, or remove this field.',
    ),
    resource: describe({ kind, name, ...rest }),
  }));
}

function notFound(wanted: ObjectIdentity, { files }: ManifestSet): ManifestIssue {
  const where = files.length === 1 ? files[0]?.path : `${files.length} files`;
  return fileError(
    'edit-not-found',
    { file: files[0]?.path ?? '' },
    `There is no ${describe(wanted)} in ${where}. Check its name and namespace, and which files are given.`,
  );
}

function foundTwice({ identity, source: first }: ManifestDocument, second: ManifestDocument): ManifestIssue {
  return {
    ...fileError(
      'edit-ambiguous',
      locationOf(second.source),
      `It is written in ${placeText(first)} as well, so it is not clear which one to edit. Remove one, or name one file.`,
    ),
    resource: describe(identity),
  };
}
