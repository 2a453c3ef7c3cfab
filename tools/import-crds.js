// Writes a file of libs/traffic-rules/schemas from published CRDs, to be run by hand for a new version:
//   GOFLAGS=-mod=mod go mod download -json istio.io/api@v1.32.0 sigs.k8s.io/gateway-api@v1.6.0     (prints the folders, Dir)
//   node tools/import-crds.js istio v1.32.0 DIR/kubernetes/customresourcedefinitions.gen.yaml
//   node tools/import-crds.js gateway-api v1.6.0 DIR/config/crd/standard/*.yaml
import { readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** The kinds that concern routing. */
const kinds = {
  istio: ['VirtualService', 'ServiceEntry', 'DestinationRule', 'Sidecar', 'WorkloadEntry', 'Gateway'],
  'gateway-api': [
    'HTTPRoute',
    'GRPCRoute',
    'TLSRoute',
    'TCPRoute',
    'Gateway',
    'ListenerSet',
    'ReferenceGrant',
  ],
};

const [source, version, ...files] = process.argv.slice(2);
if (files.length === 0 || !(source in kinds))
  throw new Error(`usage: node tools/import-crds.js ${Object.keys(kinds).join('|')} VERSION FILE...`);

function withoutDescriptions(schema) {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== 'description' || typeof value !== 'string')
      .map(([key, value]) => [key, withoutDescriptions(value)]),
  );
}

/** The root, with nothing but the spec: Kubernetes' own fields and the status are the same for every kind. */
function specOf({ required, properties }) {
  return { ...(required && { required }), properties: { spec: properties.spec } };
}

const documents = files
  .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))
  .map((document) => document.toJS())
  .filter((document) => document?.kind === 'CustomResourceDefinition');
const lines = kinds[source].map((kind) => {
  const crd = documents.find((document) => document.spec.names.kind === kind);
  const schemas = crd.spec.versions
    .filter(({ served }) => served)
    .map(({ schema }) => JSON.stringify(specOf(withoutDescriptions(schema.openAPIV3Schema))));
  // All versions of a kind that an API server serves have the same schema.
  if (new Set(schemas).size > 1) throw new Error(`the versions of ${kind} differ`);
  return `${JSON.stringify(kind)}: ${schemas[0]}`;
});
const groups = { istio: 'networking.istio.io', 'gateway-api': 'gateway.networking.k8s.io' };
writeFileSync(
  new URL(`../libs/traffic-rules/schemas/${source}.json`, import.meta.url),
  `{"version": ${JSON.stringify(version)}, "group": ${JSON.stringify(groups[source])}, "kinds": {\n${lines.join(',\n')}\n}}\n`,
);
