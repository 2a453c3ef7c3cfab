import type { Action } from './action.js';
import type { ConnectionRule } from './connection.js';
import type { Document, Place, ResourceReference } from './place.js';
import type { Requirement } from './requirement.js';

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
