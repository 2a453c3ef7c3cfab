import type { Resource } from '../resources/resource.js';

export function ofKind<K extends Resource['kind']>(
  resources: readonly Resource[],
  kind: K,
): Array<Extract<Resource, { kind: K }>> {
  return resources.filter((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
}
