import { type Instance, isSubset, type Labels } from '../model/service.js';
import { type Pod, type PodController, type PodTemplate, podControllers } from '../resources/pod.js';
import type { Resource } from '../resources/resource.js';
import type { WorkloadEntry } from '../resources/workload-entry.js';
import { ofKind } from './of-kind.js';

/** A port of a service, as far as it says where workloads listen. */
export interface WantedPort {
  /** The service's own name for it. */
  name: string;
  number: number;
  /** A number, or the name that a workload has for it. */
  target: number | string | undefined;
}

interface Template extends PodTemplate {
  kind: PodController['kind'];
  name: string;
}

/** What runs behind services: pods, what pods are made from, and workloads without pods. */
export class Workloads {
  readonly #pods = new Map<string, Pod[]>();
  readonly #templates = new Map<string, Template[]>();
  readonly #entries = new Map<string, WorkloadEntry[]>();

  constructor(resources: readonly Resource[]) {
    for (const pod of ofKind(resources, 'Pod')) push(this.#pods, pod.metadata.namespace, pod);
    for (const entry of ofKind(resources, 'WorkloadEntry'))
      push(this.#entries, entry.metadata.namespace, entry);
    for (const kind of podControllers)
      for (const { metadata, template } of ofKind(resources, kind))
        push(this.#templates, metadata.namespace, { ...template, kind, name: metadata.name });
  }

  /** The labels of the pod of that name: its own, or those that it was made with; undefined where the files have neither. */
  labelsOf(namespace: string, name: string): Labels | undefined {
    const pod = this.#pods.get(namespace)?.find(({ metadata }) => metadata.name === name);
    return pod?.labels ?? this.#templates.get(namespace)?.find((template) => makes(template, name))?.labels;
  }

  /** The labels of all that a selector takes, whether it runs or not; of all there is, where it asks for nothing. */
  selectedLabels(namespace: string, selector: Labels): Labels[] {
    const candidates = [
      ...(this.#pods.get(namespace) ?? []),
      ...(this.#templates.get(namespace) ?? []),
      ...(this.#entries.get(namespace) ?? []).map((entry) => ({ labels: labelsOfEntry(entry) })),
    ];
    return candidates.map(({ labels }) => labels).filter((labels) => isSubset(selector, labels));
  }

  /** The pods with an address that a selector takes. */
  pods(namespace: string, selector: Labels, ports: readonly WantedPort[]): Instance[] {
    if (Object.keys(selector).length === 0) return [];
    return (this.#pods.get(namespace) ?? []).flatMap(({ address, labels, ready, ports: named }) => {
      if (address === undefined || !isSubset(selector, labels)) return [];
      return [{ address, labels, healthy: ready, weight: 1, ports: podPorts(ports, named) }];
    });
  }

  /** The WorkloadEntries that a selector takes. */
  entries(namespace: string, selector: Labels, ports: readonly WantedPort[]): Instance[] {
    if (Object.keys(selector).length === 0) return [];
    return (this.#entries.get(namespace) ?? []).flatMap((entry) => {
      const labels = labelsOfEntry(entry);
      const { address, weight = 1, ports: named } = entry.spec;
      if (address === '' || !isSubset(selector, labels)) return [];
      return [
        { address, labels, healthy: true, weight: Math.max(1, weight), ports: entryPorts(ports, named) },
      ];
    });
  }
}

/** Labels of the metadata come before those of the spec (istio, conversion.go ConvertWorkloadEntry). */
function labelsOfEntry({ spec, metadata }: WorkloadEntry): Labels {
  return { ...spec.labels, ...metadata.labels };
}

function podPorts(ports: readonly WantedPort[], named: PodTemplate['ports']): Map<string, number> {
  return new Map(
    ports.flatMap(({ name, number, target = number }): Array<[string, number]> => {
      const dialled = typeof target === 'string' ? named.get(target) : target;
      return dialled === undefined ? [] : [[name, dialled]];
    }),
  );
}

/** An entry's own number for the target's name, else for the port's, else the target (istio, controller.go serviceInstanceFromWorkloadInstance). */
function entryPorts(
  ports: readonly WantedPort[],
  named: Readonly<Record<string, number>>,
): Map<string, number> {
  return new Map(
    ports.flatMap(({ name, number, target = number }): Array<[string, number]> => {
      const dialled = typeof target === 'string' ? named[target] : (named[name] ?? target);
      return dialled === undefined ? [] : [[name, dialled]];
    }),
  );
}

/** What Kubernetes puts behind the name of what makes pods, to name them. */
const podSuffixes: Readonly<Record<PodController['kind'], RegExp>> = {
  Deployment: /^-[a-z0-9]+-[a-z0-9]{5}$/,
  Rollout: /^-[a-z0-9]+-[a-z0-9]{5}$/,
  StatefulSet: /^-[0-9]+$/,
  DaemonSet: /^-[a-z0-9]{5}$/,
  ReplicaSet: /^-[a-z0-9]{5}$/,
  ReplicationController: /^-[a-z0-9]{5}$/,
  Job: /^(?:-[0-9]+)?-[a-z0-9]{5}$/,
  CronJob: /^-[0-9]+(?:-[0-9]+)?-[a-z0-9]{5}$/,
};

function makes({ kind, name }: Template, pod: string): boolean {
  return pod.startsWith(name) && podSuffixes[kind].test(pod.slice(name.length));
}

function push<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
