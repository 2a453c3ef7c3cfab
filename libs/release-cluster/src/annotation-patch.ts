import type { KubernetesObject, PatchOperation } from '@grayscale/cluster-client';

/** Sets an annotation, also on an object that has none yet: a JSON patch adds no parents by itself. */
export function setAnnotation({ metadata }: KubernetesObject, name: string, value: string): PatchOperation[] {
  const parent: PatchOperation[] =
    metadata.annotations === undefined ? [{ op: 'add', path: '/metadata/annotations', value: {} }] : [];
  return [...parent, { op: 'add', path: pathOf(name), value }];
}

/** Nothing where it is not set: removing what is not there fails the whole patch. */
export function removeAnnotation({ metadata }: KubernetesObject, name: string): PatchOperation[] {
  return metadata.annotations?.[name] === undefined ? [] : [{ op: 'remove', path: pathOf(name) }];
}

function pathOf(name: string): string {
  return `/metadata/annotations/${name.replace('/', '~1')}`;
}
