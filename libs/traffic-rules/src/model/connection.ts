import type { DestinationName } from './action.js';
import type { Place } from './place.js';
import type { Requirement } from './requirement.js';

/** What of a connection itself a rule or a listener's chain asks for; an empty list asks for nothing. */
export interface ConnectionMatch {
  /** Addresses and blocks of them that a client may dial. */
  subnets: readonly string[];
  /** Of TLS, the names that a client may ask for; wildcards stand for what lies under them. */
  serverNames: readonly string[];
}

export const anyConnection: ConnectionMatch = { subnets: [], serverNames: [] };

/** Text that is the same for what is written alike. */
export function connectionMatchKey(match: ConnectionMatch): string {
  return JSON.stringify({ ...anyConnection, ...match });
}

/** What is done with connections that nobody looks into, whatever bytes they carry. */
export interface ConnectionRule {
  /** For ports of plain TCP, or for those of TLS. */
  layer: 'tcp' | 'tls';
  place: Place;
  /** On where the connection arrives: port, gateway, source. All have to hold. */
  requirements: readonly Requirement[];
  match: ConnectionMatch;
  /** As written. A single one takes all, whatever its weight. */
  destinations: readonly ConnectionDestination[];
}

export interface ConnectionDestination extends DestinationName {
  weight: number;
}
