// Writes libs/traffic-rules/schemas/istio.json from Istio's published CRDs, to be run by hand for a new version of Istio:
//   GOFLAGS=-mod=mod go mod download -json istio.io/api@v1.32.0     (prints the folder, Dir)
//   node tools/import-crds.js v1.32.0 DIR/kubernetes/customresourcedefinitions.gen.yaml
import { readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const [version, file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node tools/import-crds.js VERSION FILE');

/** The kinds that concern routing; all versions of a kind have the same schema, which is checked below. */
const kinds = ['VirtualService', 'ServiceEntry', 'DestinationRule', 'Sidecar', 'WorkloadEntry', 'Gateway'];

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

const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
const lines = kinds.map((kind) => {
  const crd = documents.find((document) => document?.spec?.names?.kind === kind);
  const schemas = crd.spec.versions.map(({ schema }) =>
    JSON.stringify(specOf(withoutDescriptions(schema.openAPIV3Schema))),
  );
  if (new Set(schemas).size > 1) throw new Error(`the versions of ${kind} differ`);
  return `${JSON.stringify(kind)}: ${schemas[0]}`;
});
writeFileSync(
  new URL('../libs/traffic-rules/schemas/istio.json', import.meta.url),
  `{"version": ${JSON.stringify(version)}, "kinds": {\n${lines.join(',\n')}\n}}\n`,
);
