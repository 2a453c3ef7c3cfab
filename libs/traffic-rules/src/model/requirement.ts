import type { Document } from './place.js';

/** What of a request, or of where it arrives, a requirement is about. */
export type Subject = UnnamedSubject | NamedSubject;

export interface UnnamedSubject {
  kind: 'path' | 'method' | 'authority' | 'scheme' | 'port' | 'gateway' | 'source-namespace';
}

export interface NamedSubject {
  kind: 'header' | 'query-parameter' | 'source-label';
  /** Of a header in lower case. */
  name: string;
}

export type SubjectKind = Subject['kind'];

/** What a value has to be. Values are Unicode text; they are compared as UTF-8 bytes. */
export type Test =
  /** The whole value. */
  | TextTest<'exact'>
  /** How it begins. */
  | TextTest<'prefix'>
  /** A path and all that lies below it: `/a` takes `/a` and `/a/b`, not `/ab`. */
  | TextTest<'segment-prefix'>
  /** An RE2 expression for the whole value; its own letter case counts, whatever `ignoreCase` is. */
  | TextTest<'regex'>
  /** Any value will do. */
  | { kind: 'present' }
  | { kind: 'one-of'; values: readonly string[] };

interface TextTest<Kind extends string> {
  kind: Kind;
  value: string;
  /** Whether ASCII letters of either case are the same. */
  ignoreCase: boolean;
}

/** One condition of a rule. */
export interface Requirement {
  subject: Subject;
  test: Test;
  /**
   * Negated: no value may pass the test. A missing value counts as the empty text, and with the test `present`
   * the value has to be missing (Istio, route.go TranslateRouteMatch).
   */
  absent: boolean;
  /** The match that it stands in. */
  origin: Origin;
  /** Its field there: `headers.user`. */
  field: string;
}

export interface Origin {
  document: Document;
  /** `spec.http[0].match[1]` */
  path: string;
}
