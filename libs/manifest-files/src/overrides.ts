import type { Resource } from '@grayscale/traffic-rules';

/** What the kustomizations around a file change in its documents. */
export interface Overrides {
  namespace?: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

export const noOverrides: Overrides = { labels: {}, annotations: {} };

/** `outer` is applied after `inner`, so it wins. */
export function composeOverrides(inner: Overrides, outer: Overrides): Overrides {
  const namespace = outer.namespace ?? inner.namespace;
  return {
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...inner.labels, ...outer.labels },
    annotations: { ...inner.annotations, ...outer.annotations },
  };
}

/** The resource as the kustomization would print it; its source stays, so findings still name the file that was written. */
export function applyOverrides<R extends Resource>(resource: R, overrides: Overrides): R {
  const { metadata } = resource;
  return {
    ...resource,
    metadata: {
      ...metadata,
      ...overriddenIdentity(resource, overrides.namespace),
      labels: { ...metadata.labels, ...overrides.labels },
      annotations: { ...metadata.annotations, ...overrides.annotations },
    },
  };
}

function overriddenIdentity(resource: Resource, namespace: string | undefined) {
  if (namespace === undefined) return {};
  // kustomize's namespace field renames Namespace documents too (its default field specs).
  return resource.kind === 'Namespace' ? { name: namespace } : { namespace };
}
