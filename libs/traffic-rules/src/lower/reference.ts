import type { Document, ResourceReference } from '../model/place.js';
import { locationOf } from '../place.js';

/** A document, as explanations and reports name it. */
export function referenceTo({ kind, metadata, source }: Document): ResourceReference {
  return { kind, namespace: metadata.namespace, name: metadata.name, location: locationOf(source) };
}
