import type { Location } from './issue.js';
import type { Place, ResourceReference } from './model/place.js';

/** The field of a rule where a finding about it stands: its match's, where it has one. */
export function fieldOf({ match, rule }: Pick<Place, 'match' | 'rule'>): string {
  return (match ?? rule).path;
}

/** A location alone, of something that has more. */
export function locationOf({ file, line, column, field }: Location): Location {
  return { file, line, column, ...(field !== undefined && { field }) };
}

/** `k8s/rules.yaml:12`, or of an object in a cluster `VirtualService shop/front (cluster) spec.http[0]`. */
export function placeText(location: Location): string {
  return location.field === undefined ? `${location.file}:${location.line}` : fieldText(location);
}

/** `VirtualService shop/front` */
export function resourceName({ kind, namespace, name }: Omit<ResourceReference, 'location'>): string {
  return `${kind} ${namespace}/${name}`;
}

/**
 * A resource and its place, as `VirtualService shop/front (k8s/rules.yaml:12)`; an object's place begins with its name already.
 * @param location another one within it
 */
export function placedName(resource: ResourceReference, location = resource.location): string {
  return location.field === undefined
    ? `${resourceName(resource)} (${placeText(location)})`
    : placeText(location);
}

/** As {@link placeText}, with the column of a file: a form that editors and terminals make links of. */
export function exactPlaceText(location: Location): string {
  const { file, line, column, field } = location;
  return field === undefined ? `${file}:${line}:${column}` : fieldText(location);
}

function fieldText({ file, field }: Location): string {
  return field ? `${file} ${field}` : file;
}
