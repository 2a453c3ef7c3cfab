import { isSubset, type Spoken } from '../../model/service.js';
import type { EgressListener, Sidecar } from '../../resources/sidecar.js';
import type { OutboundTrafficPolicy, Workload } from '../../workload.js';
import { policyOf } from '../mesh-options.js';
import { spokenBy } from '../port-protocol.js';
import { compareByAge } from '../visibility.js';
import { EgressHosts } from './egress-hosts.js';

/** One egress listener. */
export interface EgressScope {
  /** Undefined: all ports that no other listener has. */
  port: number | undefined;
  /** What its clients speak, whatever the services do; undefined: each what it does. */
  spoken: Spoken | undefined;
  takesService(namespace: string, host: string): boolean;
  /** Whether it is what clients of the port meet. */
  listensAt(port: number): boolean;
}

interface ListenerScope extends EgressScope {
  hosts: EgressHosts;
}

/** How much of the mesh the workload's proxy is told of (istio, sidecar.go SidecarScope). */
export class SidecarScope {
  readonly #listeners: readonly ListenerScope[];
  readonly #ports: ReadonlySet<number>;
  /** The Sidecar that says so; undefined: none does, and all is told. */
  readonly document: Sidecar | undefined;
  /** Undefined: the mesh's. */
  readonly outboundTrafficPolicy: OutboundTrafficPolicy | undefined;

  constructor(document: Sidecar | undefined, { namespace }: Workload) {
    this.document = document;
    const { outboundTrafficPolicy, egress = [] } = document?.spec ?? {};
    this.outboundTrafficPolicy = outboundTrafficPolicy && policyOf(outboundTrafficPolicy);
    const listeners: ReadonlyArray<Pick<EgressListener, 'port' | 'hosts'>> =
      egress.length === 0 ? [{ hosts: ['*/*'] }] : egress;
    this.#listeners = listeners.map(({ port, hosts }) =>
      this.#listener(port, new EgressHosts(hosts, namespace)),
    );
    this.#ports = new Set(this.#listeners.flatMap(({ port }) => port ?? []));
  }

  /** In the order of the document. */
  get listeners(): readonly EgressScope[] {
    return this.#listeners;
  }

  /** Whether a listener leads clients to the port of a service by its name. */
  listensFor(namespace: string, host: string, port: number): boolean {
    return this.#at(port)?.hosts.takesService(namespace, host) === true;
  }

  /** Whether the rules of a resource are told at all. */
  takesRules(namespace: string, hosts: readonly string[]): boolean {
    return this.#listeners.some((listener) => listener.hosts.takesRules(namespace, hosts));
  }

  /** Whether they are on a port; undefined where all ports are alike. */
  rulesOnPort(namespace: string, hosts: readonly string[]): ((port: number) => boolean) | undefined {
    if (this.#ports.size === 0) return undefined;
    return (port) => this.#at(port)?.hosts.takesRules(namespace, hosts) === true;
  }

  #listener(port: EgressListener['port'], hosts: EgressHosts): ListenerScope {
    const listener: ListenerScope = {
      port: port?.number,
      spoken: port && spokenBy(port.protocol),
      hosts,
      takesService: (namespace, host) => hosts.takesService(namespace, host),
      listensAt: (number) => this.#at(number) === listener,
    };
    return listener;
  }

  #at(port: number): ListenerScope | undefined {
    const wanted = this.#ports.has(port) ? port : undefined;
    return this.#listeners.find((listener) => listener.port === wanted);
  }
}

/**
 * The Sidecar in force for a workload: of its namespace one that selects it, else one without a selector, else that of the root
 * namespace; of several the oldest. Nothing is merged, and a gateway has none (istio, push_context.go doGetSidecarScope).
 */
export function sidecarOf(
  documents: readonly Sidecar[],
  workload: Workload,
  rootNamespace: string,
): Sidecar | undefined {
  if (workload.proxy === 'gateway') return undefined;
  const sorted = [...documents].sort((a, b) => compareByAge(a.metadata, b.metadata));
  const own = sorted.filter(({ metadata }) => metadata.namespace === workload.namespace);
  const general = ({ spec }: Sidecar) => spec.workloadSelector === undefined;
  return (
    own.find(({ spec }) => spec.workloadSelector && isSubset(spec.workloadSelector, workload.labels)) ??
    own.find(general) ??
    sorted.find((document) => document.metadata.namespace === rootNamespace && general(document))
  );
}
