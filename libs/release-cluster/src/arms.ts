import { type ApiClient, ApiError, type KubernetesObject, kinds, Resources } from '@grayscale/cluster-client';
import type { Arm, ArmView, RuleView } from '@grayscale/release';

interface EndpointSlice extends KubernetesObject {
  endpoints?: { conditions?: { ready?: boolean }; targetRef?: { kind?: string; name?: string } }[];
}

/** How long what stands behind an arm is believed, in milliseconds. */
const believed = 5000;

/** What stands behind the destinations: Services and their endpoints. Where they may not be read, nothing is known, as in files. */
export class Arms {
  private readonly services: Resources;
  private readonly slices: Resources<EndpointSlice>;
  private readonly known = new Map<string, { view: ArmView; at: number }>();

  constructor(client: ApiClient) {
    this.services = new Resources(client, kinds.service);
    this.slices = new Resources<EndpointSlice>(client, kinds.endpointSlice);
  }

  /** @param rules in which the arm is a destination; they have its host in full */
  async view(rules: readonly RuleView[], arm: Arm): Promise<ArmView> {
    const hosts = rules.flatMap(({ destinations }) => destinations.map(({ host }) => host));
    const host = hosts.find((each) => each === arm.host || each.startsWith(`${arm.host}.`)) ?? arm.host;
    const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? [];
    // Endpoints of a subset are told apart by labels of Pods, which are not read.
    if (name === undefined || namespace === undefined || arm.subset !== undefined) return {};
    const known = this.known.get(host);
    if (known !== undefined && performance.now() - known.at < believed) return known.view;
    const view = await this.read(namespace, name).catch((error) => {
      if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return {};
      throw error;
    });
    this.known.set(host, { view, at: performance.now() });
    return view;
  }

  private async read(namespace: string, name: string): Promise<ArmView> {
    const { metadata } = await this.services.get(namespace, name);
    const { items } = await this.slices.list(namespace, {
      labelSelector: `kubernetes.io/service-name=${name}`,
    });
    const ready = items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false);
    // Without any slice nobody keeps them for this Service, so that nothing is known.
    const endpoints = items.length === 0 ? {} : { readyEndpoints: ready.length };
    const workloads = new Set(ready.flatMap(({ targetRef }) => workloadOf(targetRef) ?? []));
    const identity =
      ready.length === 0 ? {} : { identity: [metadata.uid, ...[...workloads].sort()].join(' ') };
    return { ...endpoints, ...identity };
  }
}

/** A Pod's name without what differs between the Pods of one template: `hello-2-5d4f8b7c9d` of `hello-2-5d4f8b7c9d-x2x4z`. */
function workloadOf({ kind, name }: { kind?: string; name?: string } = {}): string | undefined {
  return kind === 'Pod' ? name?.replace(/-[^-]+$/, '') : undefined;
}
