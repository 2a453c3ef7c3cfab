import { gatewayApiGroup, type KubernetesGateway, type ListenerSet } from '../../resources/gateway-api.js';
import type { Resource } from '../../resources/resource.js';
import type { Namespaces } from '../namespaces.js';
import { ofKind } from '../of-kind.js';
import { compareText } from '../visibility.js';

/** A ListenerSet that adds nothing to any Gateway. */
export interface DetachedSet {
  set: ListenerSet;
  /** As `there is no Gateway nope in the namespace shop`. */
  reason: string;
}

/** The ListenerSets of Gateways (Istio, gateway_collection.go ListenerSetCollection; recorded: `gwapi-listenerset-*`). */
export class ListenerSets {
  readonly detached: readonly DetachedSet[];
  readonly #attached = new Map<KubernetesGateway, ListenerSet[]>();

  constructor(
    resources: readonly Resource[],
    gateways: readonly KubernetesGateway[],
    namespaces: Namespaces,
  ) {
    const byName = new Map(gateways.map((gateway) => [nameOf(gateway), gateway]));
    const detached: DetachedSet[] = [];
    for (const set of ofKind(resources, 'ListenerSet')) {
      const { group, kind, name, namespace = set.metadata.namespace } = set.spec.parentRef;
      const isGateway = group === gatewayApiGroup && kind === 'Gateway';
      const gateway = isGateway ? byName.get(`${namespace}/${name}`) : undefined;
      if (!isGateway)
        detached.push({ set, reason: `its parent is a ${kind}, and only a Gateway takes ListenerSets` });
      else if (gateway === undefined)
        detached.push({ set, reason: `there is no Gateway ${name} in the namespace ${namespace}` });
      else if (!allows(gateway, set, namespaces))
        detached.push({ set, reason: refusalOf(gateway, set, namespaces) });
      else this.#attached.set(gateway, [...(this.#attached.get(gateway) ?? []), set]);
    }
    this.detached = detached;
  }

  /** The oldest first, then by namespace and name: of listeners that exclude each other the first counts (Istio, listener_conflict.go). */
  of(gateway: KubernetesGateway): ListenerSet[] {
    return (this.#attached.get(gateway) ?? []).toSorted(
      (a, b) =>
        (a.metadata.creationTimestamp ?? 0) - (b.metadata.creationTimestamp ?? 0) ||
        compareText(nameOf(a), nameOf(b)),
    );
  }
}

function nameOf({ metadata }: KubernetesGateway | ListenerSet): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Unlike routes, ListenerSets are not let in by a selector that is not there (Istio, gateway_utils.go NamespaceAcceptedByAllowListeners). */
function allows({ metadata, spec }: KubernetesGateway, set: ListenerSet, namespaces: Namespaces): boolean {
  const { from, selector } = spec.allowedListeners;
  const own = set.metadata.namespace;
  switch (from) {
    case 'All':
      return true;
    case 'Same':
      return own === metadata.namespace;
    case 'Selector':
      return selector !== undefined && namespaces.selectedBy(selector).includes(own);
    case 'None':
      return false;
  }
}

function refusalOf(gateway: KubernetesGateway, { metadata }: ListenerSet, namespaces: Namespaces): string {
  const { from } = gateway.spec.allowedListeners;
  const unknown =
    from === 'Selector' && !namespaces.isDescribed(metadata.namespace)
      ? `, as far as the files tell: they do not have the Namespace ${metadata.namespace} with its labels`
      : '';
  const usual = from === 'None' ? ', whose default is None' : '';
  return `Gateway ${nameOf(gateway)} takes no ListenerSets of the namespace ${metadata.namespace} (allowedListeners.namespaces.from: ${from}${usual})${unknown}`;
}
