import { isObject } from '../fields/object.js';

/**
 * What a BackendTLSPolicy does in a cluster and not here: istiod makes a DestinationRule of it for each target, with TLS of mode SIMPLE, the
 * hostname as SNI, the names of subjectAltNames, and the authorities of a ConfigMap (Istio, backend_policies.go BackendTLSPolicyCollection).
 * @param document as it was read: its fields may be anything
 */
export function lostTls({ spec }: Record<string, unknown>): string {
  const { targetRefs, validation } = isObject(spec) ? spec : {};
  const targets = (Array.isArray(targetRefs) ? targetRefs : []).flatMap(targetOf).slice(0, 5);
  const hostname = textOf(isObject(validation) ? validation.hostname : undefined);
  const whom = targets.length === 0 ? 'its targets' : targets.join(', ');
  const sni = hostname === '' ? '' : `, sni: ${hostname}`;
  return `is passed over here: a cluster speaks TLS to ${whom}${hostname === '' ? '' : ` and asks for ${hostname}`}; here it is plain text, unless a DestinationRule says otherwise. To have the same here, write a DestinationRule for the host with trafficPolicy: { tls: { mode: SIMPLE${sni}, caCertificates: FILE } }.`;
}

/** `Service cart`, or with its port `Service cart:https`. */
function targetOf(reference: unknown): string[] {
  if (!isObject(reference)) return [];
  const [kind, name, section] = [reference.kind, reference.name, reference.sectionName].map(textOf);
  return kind === '' || name === '' ? [] : [`${kind} ${name}${section === '' ? '' : `:${section}`}`];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
