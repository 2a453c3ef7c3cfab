import type { UpstreamProtocol } from '../cluster.js';
import { HostMap } from '../host-map.js';
import {
  isHttp,
  isSubset,
  type RegistryPort,
  type RegistryService,
  type ServicePolicy,
} from '../model/service.js';
import type { DestinationRule, Subset, TrafficPolicy } from '../resources/destination-rule.js';
import type { Workload } from '../workload.js';
import { clusterPolicy } from './cluster-policy.js';
import type { MeshOptions } from './mesh-options.js';
import { qualifyHost } from './short-name.js';
import { compareByAge, reachOf } from './visibility.js';

/** What the DestinationRules in force for a service say together. */
interface EffectiveRule {
  subsets: readonly Subset[];
  trafficPolicy?: TrafficPolicy;
  /** Whether they select workloads. */
  forWorkload: boolean;
}

/**
 * Finds the DestinationRule in force for a service: of the workload's namespace, else of the service's, else of
 * the root namespace. In the first that has one, the most specific host hides the others wholly, and rules for
 * the same host merge (Istio, push_context.go destinationRule; destination_rule.go mergeDestinationRule).
 */
export class DestinationRules {
  readonly #workload: Workload;
  readonly #options: MeshOptions;
  readonly #byNamespace = new Map<string, NamespaceRules>();

  constructor(rules: readonly DestinationRule[], workload: Workload, options: MeshOptions) {
    this.#workload = workload;
    this.#options = options;
    for (const rule of [...rules].sort((a, b) => compareByAge(a.metadata, b.metadata))) this.#add(rule);
  }

  policyFor({ host, document, ports }: RegistryService): ServicePolicy {
    const owner = document.metadata.namespace;
    for (const namespace of new Set([this.#workload.namespace, owner, this.#options.rootNamespace])) {
      const rule = this.#byNamespace.get(namespace)?.find(host);
      if (rule !== undefined) return servicePolicy(rule, this.#defaults(ports));
    }
    return servicePolicy({ subsets: [], forWorkload: false }, this.#defaults(ports));
  }

  /** Why a rule for a service is not in force, with what to do about it; undefined: nothing keeps it from that but other rules. */
  whyNot({ metadata, spec }: DestinationRule, service: RegistryService): string | undefined {
    const { namespace, labels } = this.#workload;
    const owner = service.document.metadata.namespace;
    const looked = [...new Set([namespace, owner, this.#options.rootNamespace])];
    if (!looked.includes(metadata.namespace))
      return `is in ${metadata.namespace}, and for this caller only those of ${looked.join(', ')} are looked at: write it there`;
    const seenBy = spec.exportTo.length === 0 ? this.#options.exportTo.destinationRule : spec.exportTo;
    if (reachOf(seenBy, metadata.namespace, namespace) === undefined)
      return `is not exported to ${namespace}: add it to its exportTo`;
    const selector = spec.workloadSelector;
    if (selector === undefined) return undefined;
    return metadata.namespace === namespace && isSubset(selector, labels)
      ? undefined
      : 'selects other workloads than the caller';
  }

  #defaults(ports: readonly RegistryPort[]): PolicyDefaults {
    const { http2, connectTimeoutMs } = this.#options;
    const named = new Set(ports.filter(({ protocol }) => isHttp(protocol)).map(({ number }) => number));
    return { connectTimeoutMs, protocolAt: (port) => (http2 && named.has(port) ? 'http2' : 'http1') };
  }

  #add(rule: DestinationRule): void {
    const { namespace } = rule.metadata;
    const { exportTo } = rule.spec;
    const seenBy = exportTo.length === 0 ? this.#options.exportTo.destinationRule : exportTo;
    if (reachOf(seenBy, namespace, this.#workload.namespace) === undefined) return;
    if (rule.spec.workloadSelector !== undefined && namespace !== this.#workload.namespace) return;
    let rules = this.#byNamespace.get(namespace);
    if (rules === undefined) {
      rules = new NamespaceRules(this.#workload);
      this.#byNamespace.set(namespace, rules);
    }
    rules.add(rule);
  }
}

/** Rules for other workloads are in neither list, and yet hide those of wider hosts and of further namespaces (Istio, sidecar.go DestinationRule). */
interface HostRules {
  general: DestinationRule[];
  /** Rules for this very workload take the place of the general ones. */
  selected: DestinationRule[];
}

class NamespaceRules {
  readonly #hosts = new HostMap<HostRules>();
  readonly #byHost = new Map<string, HostRules>();

  constructor(private readonly workload: Workload) {}

  add(rule: DestinationRule): void {
    const host = qualifyHost(rule.spec.host, rule.metadata.namespace);
    let rules = this.#byHost.get(host);
    if (rules === undefined) {
      rules = { general: [], selected: [] };
      this.#byHost.set(host, rules);
      this.#hosts.add(host, rules);
    }
    const selector = rule.spec.workloadSelector;
    if (selector === undefined) rules.general.push(rule);
    else if (isSubset(selector, this.workload.labels)) rules.selected.push(rule);
  }

  find(host: string): EffectiveRule | undefined {
    const rules = this.#hosts.findCovering(host);
    if (rules === undefined) return undefined;
    const forWorkload = rules.selected.length > 0;
    return { ...merge(forWorkload ? rules.selected : rules.general), forWorkload };
  }
}

/** Oldest first: the first definition of a subset and the first traffic policy stay. */
function merge(rules: readonly DestinationRule[]): Omit<EffectiveRule, 'forWorkload'> {
  const subsets = new Map<string, Subset>();
  for (const { spec } of rules) {
    for (const subset of spec.subsets) if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
  }
  const trafficPolicy = rules.find(({ spec }) => spec.trafficPolicy !== undefined)?.spec.trafficPolicy;
  return { subsets: [...subsets.values()], ...(trafficPolicy !== undefined && { trafficPolicy }) };
}

interface PolicyDefaults extends Pick<MeshOptions, 'connectTimeoutMs'> {
  /** What is spoken to a port where no DestinationRule says otherwise. */
  protocolAt(port: number): UpstreamProtocol;
}

function servicePolicy(
  { subsets, trafficPolicy, forWorkload }: EffectiveRule,
  { connectTimeoutMs, protocolAt }: PolicyDefaults,
): ServicePolicy {
  const policies = new Map(subsets.map((subset) => [subset.name, subset.trafficPolicy]));
  return {
    subsets,
    at: (subset, port) =>
      clusterPolicy(
        effectivePolicy(trafficPolicy, subset === undefined ? undefined : policies.get(subset), port),
        { forWorkload, connectTimeoutMs, protocol: protocolAt(port) },
      ),
  };
}

/**
 * The policy of one port of a subset. Port-level settings replace those above them as a whole, a subset's other
 * fields override one by one (Istio, networking/util/util.go MergeSubsetTrafficPolicy).
 */
function effectivePolicy(
  ofService: TrafficPolicy | undefined,
  ofSubset: TrafficPolicy | undefined,
  port: number,
): TrafficPolicy | undefined {
  const own = portLevel(ofSubset, port);
  if (own !== undefined) return own;
  const general = portLevel(ofService, port) ?? ofService;
  return ofSubset === undefined ? general : { ...general, ...ofSubset };
}

function portLevel(policy: TrafficPolicy | undefined, port: number): TrafficPolicy | undefined {
  return policy?.portLevelSettings.find((settings) => settings.port === port);
}
