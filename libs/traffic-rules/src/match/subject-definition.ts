import type { RouteRequest } from '../request.js';
import type { Workload } from '../workload.js';
import type { RequestView } from './request-view.js';

/** One value, several of which any may pass, or none. Bytes, as a request has them. */
export type Values = string | readonly string[] | undefined;

/** Where requests arrive: who sends them, to which port. It is known when a table is made. */
export interface Listener {
  workload: Workload;
  port: number;
  /** Through what: `mesh` at a sidecar, else `namespace/name` of a gateway. */
  gateway: string;
}

/** What there is to know about a kind of subject. Every kind has a file of its own, and stands in `subjects`. */
export type SubjectDefinition = RequestSubject | ListenerSubject;

interface CommonDefinition {
  /** For people: `header user`. @param name empty for a kind that has none */
  words(name: string): string;
  /** Writes a value into a request that is to have it. */
  give(request: ExampleRequest, value: string, name: string): void;
}

/** What differs from request to request. */
export interface RequestSubject extends CommonDefinition {
  of: 'request';
  reader(name: string): (view: RequestView) => Values;
  /** The key of an exact value in an index of rules; undefined when requests cannot be looked up by it. */
  indexKey(name: string): string | undefined;
}

/** What is settled for all requests that arrive at one place. */
export interface ListenerSubject extends CommonDefinition {
  of: 'listener';
  /** Whether it is the same for all requests of one client, whatever port they dial. */
  isOfClient: boolean;
  read(listener: Listener, name: string): Values;
  /** Why a requirement does not hold, in words. @param wanted the values that would do, when the test lists them */
  failure(listener: Listener, wanted: readonly string[], name: string): string;
}

/** A request in the making. */
export interface ExampleRequest extends Omit<RouteRequest, 'headers'> {
  headers: string[];
  query: string[];
}
