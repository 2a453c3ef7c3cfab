import { isObject } from '../fields/object.js';
import type { Problem } from '../fields/problem.js';

interface ExperimentalField {
  kinds: readonly string[];
  path: RegExp;
  /** What Istio does with it. */
  effect: string;
}

/** Fields that the experimental channel of the Gateway API 1.6 has and the standard channel has not (config/crd/experimental against config/crd/standard). */
const fields: readonly ExperimentalField[] = [
  { kinds: ['HTTPRoute'], path: /^spec\.rules\[\d+\]\.retry$/, effect: 'Istio obeys it there' },
  {
    kinds: ['HTTPRoute', 'GRPCRoute'],
    path: /^spec\.rules\[\d+\]\.sessionPersistence$/,
    effect: 'Istio does nothing with it there',
  },
  {
    kinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'],
    path: /^spec\.useDefaultGateways$/,
    effect: 'Istio does nothing with it there',
  },
  { kinds: ['Gateway'], path: /^spec\.defaultScope$/, effect: 'Istio does nothing with it there' },
];

/**
 * A field that the standard channel's API server does not know and the experimental one's does: whoever writes it has as a rule installed that channel.
 * @param path as it is shown, `spec.rules[0].retry`
 */
export function experimentalField(path: string, document: unknown): Problem | undefined {
  const kind = isObject(document) ? document.kind : undefined;
  const field = fields.find((one) => one.kinds.some((name) => name === kind) && one.path.test(path));
  if (field === undefined) return undefined;
  return {
    severity: 'warning',
    code: 'field-experimental',
    path,
    message: `only the experimental channel of the Gateway API has this field; ${field.effect}. With the CRDs of the standard channel kubectl refuses the document, and other clients lose the field. Install the experimental channel's CRDs, or leave it out.`,
  };
}
