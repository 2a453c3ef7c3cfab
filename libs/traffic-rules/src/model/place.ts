import type { Location } from '../issue.js';
import type { Source } from '../source.js';

/** A document of the user, as far as findings about it need it. */
export interface Document {
  kind: string;
  metadata: { namespace: string; name: string };
  source: Source;
}

/** A document, for people and programs outside of the engine. */
export interface ResourceReference {
  kind: string;
  namespace: string;
  name: string;
  location: Location;
}

/** Where a rule was written. */
export interface Place {
  /** The document that it stands in: a delegate's, where the resource delegates. */
  document: Document;
  /** The resource that has the host. */
  resource: ResourceReference;
  rule: RulePlace;
  /** Absent for a rule that takes every request. */
  match?: Entry;
}

/** An entry of a list in a document. */
export interface Entry {
  index: number;
  /** In its document: `spec.http[0]`, `spec.http[0].match[1]`. */
  path: string;
  name?: string;
  location: Location;
}

export interface RulePlace extends Entry {
  /** The document that the rule stands in, when the resource delegates; the index counts there. */
  delegate?: ResourceReference;
}
