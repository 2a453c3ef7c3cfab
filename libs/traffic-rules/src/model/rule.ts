import type { Location } from '../issue.js';
import type { Source } from '../source.js';
import type { Action } from './action.js';
import type { ConnectionRule } from './connection.js';
import type { Requirement } from './requirement.js';

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

/** The rules that one resource has for its hosts, in the order in which they are tried. */
export interface HostRules {
  document: Document;
  resource: ResourceReference;
  /** Fully qualified, in lower case; `*.example.com` stands for every name under it. */
  hosts: readonly string[];
  /** Where each of {@link hosts} is written in the document: `spec.hosts[0]`. */
  hostFields: readonly string[];
  /** Whether they are for hosts of registered services alone: those of a route that is attached to one. */
  registeredOnly?: true;
  /** What they are for: `mesh` for sidecars, `namespace/name` of gateways. */
  gateways: readonly string[];
  rules: readonly Rule[];
  /** Whether they are told on a port; absent: on every port. */
  isOnPort?: (port: number) => boolean;
  /** Those for connections that nobody looks into; absent where there are none. */
  connections?: readonly ConnectionRule[];
}

/** A resource with rules that the workload's sidecar is not told, and why. */
export interface HiddenRules {
  resource: ResourceReference;
  /** Fully qualified: the hosts that it names, and those that it routes to. */
  hosts: readonly string[];
  destinations: readonly string[];
  /** As `is not exported to shop`, with what to do about it. */
  reason: string;
}

/** A service that the workload's proxy is not told of, and why. */
export interface HiddenService {
  host: string;
  /** As `is not exported to shop`, with what to do about it. */
  reason: string;
}

/** One thing that is done with requests which meet all requirements. */
export interface Rule {
  place: Place;
  requirements: readonly Requirement[];
  action: Action;
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
