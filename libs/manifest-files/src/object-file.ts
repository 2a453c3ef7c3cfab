import { noOverrides } from './overrides.js';
import type { ManifestFile } from './reading.js';

/** An object as an API server has it. */
export interface ClusterObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** An object of a cluster in the place of a file: named `VirtualService hello-page/hello-ext-svc (cluster)`, with its JSON as the text. */
export function objectFile(object: ClusterObject): ManifestFile {
  const { namespace, name } = object.metadata;
  const identity = [namespace, name].filter(Boolean).join('/');
  return {
    path: `${object.kind} ${identity} (cluster)`,
    text: JSON.stringify(object, null, 2),
    kind: 'object',
    overrides: noOverrides,
  };
}
