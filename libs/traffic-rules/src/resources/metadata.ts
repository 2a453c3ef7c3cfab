import type { Source } from '../source.js';

/** The part of `metadata` that routing depends on. */
export interface Metadata {
  name: string;
  /** `default` where the document names none. */
  namespace: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; documents without it count as equally old. */
  creationTimestamp?: number;
}

export interface ResourceBase {
  metadata: Metadata;
  source: Source;
}

/** Whether an annotation is one of Istio's, by its name: `sidecar.istio.io/inject`. */
export function isIstioAnnotation(name: string): boolean {
  return name === 'kubernetes.io/ingress.class' || /^(?:[^/]*[.])?istio[.]io\//.test(name);
}
