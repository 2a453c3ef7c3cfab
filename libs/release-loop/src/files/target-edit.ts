import { issueLine } from '@grayscale/manifest-files';
import type { Plan, Target, Write } from '@grayscale/release';
import { targetEdits } from '../rules/target-edits.js';
import type { ReleaseFiles } from './release-files.js';

/** A write as a change of one file, or why there is none. */
export type TargetEdit =
  | { kind: 'edit'; path: string; before: string; after: string }
  /** What stands there is not what the write starts from. */
  | { kind: 'changed' }
  | { kind: 'refused'; message: string };

/** Works out what a write changes in the files. Nothing is written. */
export function targetEdit(files: ReleaseFiles, plan: Plan, write: Write): TargetEdit {
  const target = plan.targets[write.target] as Target;
  const owner = files.owner(target);
  if (owner === undefined) return { kind: 'changed' };
  const found = files.document(target);
  if ('issues' in found) return refused(found.issues.map(issueLine));
  const { document } = found;
  const wanted = targetEdits(owner, document.rules, plan, write);
  if (wanted.kind !== 'edits') return wanted;
  const edited = document.edit(wanted.edits);
  if ('issues' in edited) return refused(edited.issues.map(issueLine));
  return checked(files, { path: document.file.path, before: document.file.text, after: edited.text });
}

/** A file that the engine would find worse than before is not written. */
function checked(files: ReleaseFiles, edit: { path: string; before: string; after: string }): TargetEdit {
  const known = new Set(files.errors.map(({ code, path }) => `${code} ${path}`));
  const [first] = files
    .with(edit.path, edit.after)
    .errors.filter(({ code, path }) => !known.has(`${code} ${path}`));
  return first === undefined ? { kind: 'edit', ...edit } : refused([issueLine(first)]);
}

function refused(lines: readonly string[]): TargetEdit {
  return { kind: 'refused', message: lines.join('\n') };
}
