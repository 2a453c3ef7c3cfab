/** `error`: somebody refuses the document. `warning`: it is accepted, but does not do what it seems to. `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/**
 * Who refuses what an issue is about: kubectl (the text cannot be read), the Kubernetes API server (the schema of the
 * kind), Istio's validation, Envoy (together with every other rule of the port), or grayscale on its own account.
 */
export type RefusedBy = 'kubectl' | 'api-server' | 'istio' | 'envoy' | 'grayscale';

/** One kind of problem: what a code means, wherever it is reported. */
export interface IssueKind {
  severity: Severity;
  /** A second severity that the code may come with; `why` says when. */
  or?: Severity;
  /** Absent when everybody accepts it. */
  refusedBy?: RefusedBy;
  /** Kinds of documents that may be what is missing: no verdict on it while a document of such a kind cannot be read. */
  missing?: readonly string[];
  /** What is wrong and what comes of it, in full sentences. */
  why: string;
  /** An example of it, and the same mended. */
  wrong: string;
  right: string;
}

/** A group of codes, as docs/issues.md has them. */
export interface IssueSection {
  title: string;
  text: string;
  kinds: Readonly<Record<string, IssueKind>>;
}
