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
  type ListenerSet,
} from '../../resources/gateway-api.js';
import type { ReferenceGrants } from '../reference-grants.js';
import { authoritiesSuffix } from './tls-termination.js';

/** Istio's own option of a listener: how TLS ends there (Istio, gatewaycommon GatewayTLSTerminateModeKey). */
const modeOption = 'gateway.istio.io/tls-terminate-mode';
const ciphersOption = 'gateway.istio.io/tls-cipher-suites';

/** A Gateway or a ListenerSet, whose namespace its references are about. */
type Owner = KubernetesGateway | ListenerSet;

interface PlacedSpec {
  spec: GatewayListenerSpec;
  owner: Owner;
  /** Which says what is asked of the clients of its ports. */
  gateway: KubernetesGateway;
}

/** How listeners of the Gateway API end TLS, and why some do not (Istio, conversion.go buildTLS; recorded: `gwapi-certificate-*`, `gwapi-frontend-validation-*`). */
export class ListenerTls {
  readonly #grants: ReferenceGrants;

  constructor(grants: ReferenceGrants) {
    this.#grants = grants;
  }

  /** Why a listener is not there; undefined: it is. */
  problemOf({ spec, owner, gateway }: PlacedSpec): string | undefined {
    const { tls, protocol, port } = spec;
    if (tls === undefined)
      return protocol === 'HTTPS' || protocol === 'TLS' ? `a listener of ${protocol} needs tls` : undefined;
    if (tls.mode === 'Passthrough' || isOfMesh(spec)) return undefined;
    return (
      this.#certificatesProblem(tls.certificateRefs, owner) ??
      this.#clientsProblem(validationOf(gateway, port), owner)
    );
  }

  /** Undefined: it does not end TLS. @param placed one without a problem */
  terminationOf({ spec, owner, gateway }: PlacedSpec): TlsTermination | undefined {
    const { tls, port } = spec;
    if (tls === undefined || tls.mode === 'Passthrough') return undefined;
    const mode = tls.options[modeOption];
    if (mode === 'ISTIO_SIMPLE') return { certificates: 'mesh', clients: undefined, cipherSuites: [] };
    if (mode === 'ISTIO_MUTUAL')
      return { certificates: 'mesh', clients: asked({ kind: 'mesh' }), cipherSuites: [] };
    const own = owner.metadata.namespace;
    const [first, ...others] = tls.certificateRefs
      .filter((reference) => this.#certificateProblem(reference, owner) === undefined)
      .map(({ name, namespace = own }): CertificateSource => ({ kind: 'secret', namespace, name }));
    return {
      certificates: first === undefined ? [] : [first, ...others],
      clients: clientsOf(validationOf(gateway, port), mode, owner, first),
      cipherSuites: ciphersIn(tls.options[ciphersOption]),
    };
  }

  #certificatesProblem(references: readonly CertificateReference[], owner: Owner): string | undefined {
    if (references.length > 2) return `it has ${references.length} certificates, and Istio takes two at most`;
    const problems = references.map((reference) => this.#certificateProblem(reference, owner));
    const [first] = problems;
    if (first === undefined || problems.every((problem) => problem !== undefined)) return first;
    return `${first}; of two certificates Istio then takes none, and does not open the port`;
  }

  #certificateProblem(reference: CertificateReference, owner: Owner): string | undefined {
    const { group, kind, name } = reference;
    if (!this.#isGranted(reference, name, owner)) return notGranted(reference, owner);
    return group === '' && kind === 'Secret'
      ? undefined
      : `its certificate ${name} is a ${kind}; write a Secret`;
  }

  #clientsProblem(validation: FrontendValidation | undefined, owner: Owner): string | undefined {
    const references = validation?.caCertificateRefs ?? [];
    const [first] = references;
    if (first === undefined) return undefined;
    const { kind, group, name } = first;
    if (references.length > 1)
      return `${references.length} caCertificateRefs are for its port, and Istio takes one`;
    // Istio looks for a grant by the name that the authorities have within it.
    if (!this.#isGranted(first, `${name}${authoritiesSuffix}`, owner)) return notGranted(first, owner);
    return group === '' && (kind === 'ConfigMap' || kind === 'Secret')
      ? undefined
      : `the caCertificateRef ${name} of its port is a ${kind}; write a ConfigMap or a Secret`;
  }

  #isGranted(
    { group, kind, namespace }: CertificateReference,
    name: string,
    { kind: referrer, metadata }: Owner,
  ): boolean {
    const from = { group: gatewayApiGroup, kind: referrer, namespace: metadata.namespace };
    return this.#grants.allows(from, { group, kind, namespace: namespace ?? metadata.namespace, name });
  }
}

/** Whether its certificates are those that the mesh gives. */
function isOfMesh({ tls }: GatewayListenerSpec): boolean {
  return tls?.options[modeOption]?.startsWith('ISTIO_') === true;
}

function notGranted(
  { kind, name, namespace }: CertificateReference,
  { kind: referrer, metadata }: Owner,
): string {
  return `the namespace ${namespace} has no ReferenceGrant that allows ${referrer}s of ${metadata.namespace} to refer to its ${kind} ${name}`;
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
  { metadata }: Owner,
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
