/** Fields of a kustomization that this library obeys. */
export const followedFields: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'resources',
  'bases',
  'components',
  'namespace',
  'labels',
  'commonLabels',
  'commonAnnotations',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
]);

/**
 * Fields that cannot change how a request is routed, so they are passed over: they touch workloads, make ConfigMaps and
 * Secrets, order the output, or take effect only through a field that is refused here.
 */
export const fieldsWithoutEffect: ReadonlySet<string> = new Set([
  'metadata',
  'images',
  'imageTags',
  'replicas',
  'configMapGenerator',
  'secretGenerator',
  'generatorOptions',
  'sortOptions',
  'buildMetadata',
  'inventory',
  'validators',
  'crds',
  'openapi',
]);

/** Fields that may change how a request is routed, and are not followed. Everything else is unknown to kustomize as well. */
export const fieldsNotFollowed: ReadonlySet<string> = new Set([
  'namePrefix',
  'nameSuffix',
  'vars',
  'configurations',
  'generators',
  'transformers',
  'helmCharts',
  'helmGlobals',
  'helmChartInflationGenerator',
]);
