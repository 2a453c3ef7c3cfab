import type {
  AuthoritySource,
  CertificateSource,
  ClientCertificates,
  TlsTermination,
} from '../../model/gateway.js';
import {
  type CertificateReference,
  type FrontendValidation,
  type GatewayListenerSpec,
  gatewayApiGroup,
  type KubernetesGateway,
} from '../../resources/gateway-api.js';
import type { ReferenceGrants } from '../reference-grants.js';
import { authoritiesSuffix } from './tls-termination.js';

/** Istio's own option of a listener: how TLS ends there (Istio, gatewaycommon GatewayTLSTerminateModeKey). */
const modeOption = 'gateway.istio.io/tls-terminate-mode';
const ciphersOption = 'gateway.istio.io/tls-cipher-suites';

/** How listeners of the Gateway API end TLS, and why some do not (Istio, conversion.go buildTLS; recorded: `gwapi-certificate-*`, `gwapi-frontend-validation-*`). */
export class ListenerTls {
  readonly #grants: ReferenceGrants;

  constructor(grants: ReferenceGrants) {
    this.#grants = grants;
  }

  /** Why a listener is not there; undefined: it is. */
  problemOf(spec: GatewayListenerSpec, gateway: KubernetesGateway): string | undefined {
    const { tls, protocol, port } = spec;
    if (tls === undefined)
      return protocol === 'HTTPS' || protocol === 'TLS' ? `a listener of ${protocol} needs tls` : undefined;
    if (tls.mode === 'Passthrough' || isOfMesh(spec)) return undefined;
    return this.#certificatesProblem(tls.certificateRefs, gateway) ?? this.#clientsProblem(port, gateway);
  }

  /** Undefined: it does not end TLS. @param spec one without a problem */
  terminationOf(spec: GatewayListenerSpec, gateway: KubernetesGateway): TlsTermination | undefined {
    const { tls, port } = spec;
    if (tls === undefined || tls.mode === 'Passthrough') return undefined;
    const mode = tls.options[modeOption];
    if (mode === 'ISTIO_SIMPLE') return { certificates: 'mesh', clients: undefined, cipherSuites: [] };
    if (mode === 'ISTIO_MUTUAL')
      return { certificates: 'mesh', clients: asked({ kind: 'mesh' }), cipherSuites: [] };
    const own = gateway.metadata.namespace;
    const [first, ...others] = tls.certificateRefs
      .filter((reference) => this.#certificateProblem(reference, gateway) === undefined)
      .map(({ name, namespace = own }): CertificateSource => ({ kind: 'secret', namespace, name }));
    return {
      certificates: first === undefined ? [] : [first, ...others],
      clients: clientsOf(validationOf(gateway, port), mode, gateway, first),
      cipherSuites: ciphersIn(tls.options[ciphersOption]),
    };
  }

  #certificatesProblem(
    references: readonly CertificateReference[],
    gateway: KubernetesGateway,
  ): string | undefined {
    if (references.length > 2) return `it has ${references.length} certificates, and Istio takes two at most`;
    const problems = references.map((reference) => this.#certificateProblem(reference, gateway));
    const [first] = problems;
    if (first === undefined || problems.every((problem) => problem !== undefined)) return first;
    return `${first}; of two certificates Istio then takes none, and does not open the port`;
  }

  #certificateProblem(reference: CertificateReference, gateway: KubernetesGateway): string | undefined {
    const { group, kind, name } = reference;
    if (!this.#isGranted(reference, name, gateway)) return notGranted(reference, gateway);
    return group === '' && kind === 'Secret'
      ? undefined
      : `its certificate ${name} is a ${kind}; write a Secret`;
  }

  #clientsProblem(port: number, gateway: KubernetesGateway): string | undefined {
    const references = validationOf(gateway, port)?.caCertificateRefs ?? [];
    const [first] = references;
    if (first === undefined) return undefined;
    const { kind, group, name } = first;
    if (references.length > 1)
      return `${references.length} caCertificateRefs are for its port, and Istio takes one`;
    // Istio looks for a grant by the name that the authorities have within it.
    if (!this.#isGranted(first, `${name}${authoritiesSuffix}`, gateway)) return notGranted(first, gateway);
    return group === '' && (kind === 'ConfigMap' || kind === 'Secret')
      ? undefined
      : `the caCertificateRef ${name} of its port is a ${kind}; write a ConfigMap or a Secret`;
  }

  #isGranted(
    { group, kind, namespace }: CertificateReference,
    name: string,
    { metadata }: KubernetesGateway,
  ): boolean {
    const from = { group: gatewayApiGroup, kind: 'Gateway', namespace: metadata.namespace };
    return this.#grants.allows(from, { group, kind, namespace: namespace ?? metadata.namespace, name });
  }
}

/** Whether its certificates are those that the mesh gives. */
function isOfMesh({ tls }: GatewayListenerSpec): boolean {
  return tls?.options[modeOption]?.startsWith('ISTIO_') === true;
}

function notGranted(
  { kind, name, namespace }: CertificateReference,
  { metadata }: KubernetesGateway,
): string {
  return `the namespace ${namespace} has no ReferenceGrant that allows Gateways of ${metadata.namespace} to refer to its ${kind} ${name}`;
}

/** Of several settings the one of the port counts, even if it asks clients for nothing. */
function validationOf({ spec }: KubernetesGateway, port: number): FrontendValidation | undefined {
  const { frontend } = spec;
  const ofPort = frontend.perPort.find((one) => one.port === port);
  return ofPort === undefined ? frontend.validation : ofPort.validation;
}

/** @param certificate beside which authorities are looked for that nobody names */
function clientsOf(
  validation: FrontendValidation | undefined,
  mode: string | undefined,
  { metadata }: KubernetesGateway,
  certificate: CertificateSource | undefined,
): ClientCertificates | undefined {
  const reference = validation?.caCertificateRefs[0];
  const isMutual = mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
  if (reference !== undefined) {
    const { kind, name, namespace = metadata.namespace } = reference;
    const isFallback = validation?.mode === 'AllowInsecureFallback';
    const authorities: AuthoritySource = {
      kind: kind === 'Secret' ? 'secret' : 'configMap',
      namespace,
      name,
    };
    return {
      ...asked(authorities),
      required: isMutual ? mode === 'MUTUAL' : !isFallback,
      unverified: isFallback && !isMutual,
    };
  }
  if (!isMutual || certificate?.kind !== 'secret') return undefined;
  const { namespace, name } = certificate;
  const authorities: AuthoritySource = { kind: 'secret', namespace, name: `${name}${authoritiesSuffix}` };
  return { ...asked(authorities), required: mode === 'MUTUAL' };
}

/** Any certificate that these authorities have signed. */
function asked(authorities: AuthoritySource): ClientCertificates {
  return {
    required: true,
    authorities,
    unverified: false,
    subjectAltNames: [],
    fingerprints: { certificate: [], publicKey: [] },
  };
}

function ciphersIn(written: string | undefined): string[] {
  return (written ?? '')
    .split(',')
    .map((cipher) => cipher.trim())
    .filter((cipher) => cipher !== '');
}
