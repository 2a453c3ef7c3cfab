import { fieldManager, type KubernetesObject, type PatchOperation } from '@grayscale/cluster-client';

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

/** Takes grayscale's name off the owners of an object's fields, so that whoever applies the object is not kept from them. */
export function removeManager({ metadata: { managedFields = [] } }: KubernetesObject): PatchOperation[] {
  return (
    managedFields
      .flatMap(({ manager }, index) => (manager === fieldManager ? [index] : []))
      // From the last to the first, so that the indexes stay true.
      .reverse()
      .map((index) => ({ op: 'remove', path: `/metadata/managedFields/${index}` }))
  );
}

function pathOf(name: string): string {
  return `/metadata/annotations/${name.replace('/', '~1')}`;
}
