import type { DestinationName } from './action.js';
import type { Place } from './place.js';
import type { Requirement } from './requirement.js';

/** What is done with connections that nobody looks into, whatever bytes they carry. */
export interface ConnectionRule {
  /** For ports of plain TCP, or for those of TLS. */
  layer: 'tcp' | 'tls';
  place: Place;
  /** On where the connection arrives: port, gateway, source. All have to hold. */
  requirements: readonly Requirement[];
  /** Of TLS, the names that a client may ask for; wildcards stand for what lies under them. */
  serverNames: readonly string[];
  /** Addresses and blocks of them that a client may dial; empty: any. */
  subnets: readonly string[];
  /** As written. A single one takes all, whatever its weight. */
  destinations: readonly ConnectionDestination[];
}

export interface ConnectionDestination extends DestinationName {
  weight: number;
}
