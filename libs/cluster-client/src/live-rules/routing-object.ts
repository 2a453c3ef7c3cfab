import type { ClusterObject } from '@grayscale/manifest-files';
import type { KubernetesObject, ObjectSelector, ResourceKind } from '../resources.js';
import { istioNamespace } from './mesh-config-map.js';

/** Where the objects of a kind are that take part in routing; everywhere, for most. */
export interface Scope {
  readonly namespace?: string;
  readonly selector?: ObjectSelector;
}

/** Of all ConfigMaps one is read: the mesh's settings. @param meshConfigMap its name */
export function scopeOf({ group, kind }: ResourceKind, meshConfigMap: string): Scope {
  if (group !== '' || kind !== 'ConfigMap') return {};
  return { namespace: istioNamespace, selector: { fieldSelector: `metadata.name=${meshConfigMap}` } };
}

/**
 * An object without what has no part in routing: who wrote which field, what controllers note down every few seconds, and of a pod
 * everything but its ports and addresses, since environment variables may hold secrets.
 */
export function routingObject(kind: ResourceKind, object: KubernetesObject): ClusterObject {
  const { group, version } = kind;
  const { metadata, status: _, ...rest } = object;
  return {
    ...(kind.kind === 'Pod' ? podParts(object) : rest),
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: kind.kind,
    metadata: metadataParts(metadata),
  };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function metadataParts({
  name,
  namespace,
  labels,
  annotations,
  creationTimestamp,
}: KubernetesObject['metadata']) {
  const { [lastApplied]: _, ...kept } = annotations ?? {};
  return {
    name,
    ...(namespace && { namespace }),
    ...(labels && { labels }),
    ...(Object.keys(kept).length > 0 && { annotations: kept }),
    ...(creationTimestamp && { creationTimestamp }),
  };
}

interface PodFields {
  spec?: Fields & { containers?: Fields[] };
  status?: Fields & { conditions?: Fields[] };
}

type Fields = Record<string, unknown>;

function podParts({ spec = {}, status = {} }: KubernetesObject & PodFields) {
  return {
    spec: {
      ...pick(spec, ['hostNetwork', 'hostname', 'subdomain', 'nodeName', 'serviceAccountName']),
      containers: (spec.containers ?? []).map((container) => pick(container, ['name', 'ports'])),
    },
    status: {
      ...pick(status, ['phase', 'podIP', 'podIPs']),
      conditions: (status.conditions ?? []).map((condition) => pick(condition, ['type', 'status'])),
    },
  };
}

function pick(object: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.flatMap((name) => (name in object ? [[name, object[name]]] : [])));
}
