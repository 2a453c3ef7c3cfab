import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from './file-issue.js';
import { noOverrides } from './overrides.js';
import type { ManifestFile, Reading } from './reading.js';

/** Names that kustomize looks for, in its order. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** The manifests right in a folder, as `kubectl apply -f FOLDER` takes them: not those of its subfolders. */
export async function readFolder(folder: string, reading: Reading): Promise<ManifestFile[]> {
  const issuesBefore = reading.issues.length;
  const names = (await reading.names(folder)).filter(isManifestName);
  const files: ManifestFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    // Gone since it was listed, or a folder: neither is a mistake of the user.
    if (await isGoneOrFolder(path)) continue;
    const text = await reading.text(path);
    if (text !== undefined) files.push({ path, text, overrides: noOverrides });
  }
  if (files.length === 0 && reading.issues.length === issuesBefore) reading.issues.push(nothingIn(folder));
  return files;
}

/** Editors leave links named `.#file.yaml` (Emacs) beside the file; the rest is kubectl's list of extensions. */
function isManifestName(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name) && !name.startsWith('.#');
}

async function isGoneOrFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined || stats.isDirectory();
}

function nothingIn(folder: string) {
  return fileError(
    'folder-without-manifests',
    { file: folder },
    `${folder} holds no .yaml, .yml or .json file and no kustomization.yaml; subfolders are not searched. Name the folder with the manifests.`,
  );
}
