import type { ReferenceGrant } from '../resources/gateway-api.js';
import type { Resource } from '../resources/resource.js';
import { ofKind } from './of-kind.js';

/** Who refers to something. */
export interface Referrer {
  group: string;
  kind: string;
  namespace: string;
}

/** What is referred to. */
export interface Referent extends Referrer {
  name: string;
}

/** Which objects may be referred to from other namespaces (Istio, gatewaycommon/references.go). */
export class ReferenceGrants {
  readonly #grants: readonly ReferenceGrant[];

  constructor(resources: readonly Resource[]) {
    this.#grants = ofKind(resources, 'ReferenceGrant');
  }

  /** Within a namespace nobody is asked. */
  allows(from: Referrer, to: Referent): boolean {
    return from.namespace === to.namespace || this.#grants.some((grant) => grants(grant, from, to));
  }
}

function grants({ metadata, spec }: ReferenceGrant, from: Referrer, to: Referent): boolean {
  return (
    metadata.namespace === to.namespace &&
    spec.from.some(
      ({ group, kind, namespace }) =>
        group === from.group && kind === from.kind && namespace === from.namespace,
    ) &&
    spec.to.some(
      ({ group, kind, name }) => group === to.group && kind === to.kind && (name ?? to.name) === to.name,
    )
  );
}
