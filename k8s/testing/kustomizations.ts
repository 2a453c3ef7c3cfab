import { execFileSync, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './schemas.js';

/** The folder of the manifests. */
export const manifests = join(import.meta.dirname, '..');

export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** Folders below `manifests` that can be applied by themselves: every kustomization but the components. */
export const kustomizations = globSync('**/kustomization.yaml', { cwd: manifests })
  .map((file) => dirname(file))
  .filter((folder) => !folder.startsWith('components/'))
  .sort();

/** What `kubectl apply -k` would send. */
export function render(folder: string, root = manifests): string {
  return execFileSync('kubectl', ['kustomize', join(root, folder)], { encoding: 'utf8' });
}

export function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}

export async function readObject(file: string): Promise<KubernetesObject> {
  const [object] = objectsIn(await readFile(join(manifests, file), 'utf8'));
  if (object === undefined) throw new Error(`${file} is empty`);
  return object;
}
