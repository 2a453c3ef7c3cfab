import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, validate as validateResources } from '@grayscale/traffic-rules';
import * as istio from '@kubernetes-models/istio/networking.istio.io/v1';
import * as admission from 'kubernetes-models/admissionregistration.k8s.io/v1';
import * as extensions from 'kubernetes-models/apiextensions.k8s.io/v1';
import * as apps from 'kubernetes-models/apps/v1';
import * as discovery from 'kubernetes-models/discovery.k8s.io/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as rbac from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import * as core from 'kubernetes-models/v1';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: the schemas say what it is.
  spec?: any;
}

/** Where the models of an apiVersion come from: Kubernetes' OpenAPI description and Istio's CRDs, as npm has them. */
const models: Record<string, { module: string; classes: object }> = {
  v1: { module: 'kubernetes-models/v1', classes: core },
  'admissionregistration.k8s.io/v1': {
    module: 'kubernetes-models/admissionregistration.k8s.io/v1',
    classes: admission,
  },
  'apiextensions.k8s.io/v1': { module: 'kubernetes-models/apiextensions.k8s.io/v1', classes: extensions },
  'rbac.authorization.k8s.io/v1': { module: 'kubernetes-models/rbac.authorization.k8s.io/v1', classes: rbac },
  'apps/v1': { module: 'kubernetes-models/apps/v1', classes: apps },
  'discovery.k8s.io/v1': { module: 'kubernetes-models/discovery.k8s.io/v1', classes: discovery },
  'networking.k8s.io/v1': { module: 'kubernetes-models/networking.k8s.io/v1', classes: networking },
  'policy/v1': { module: 'kubernetes-models/policy/v1', classes: policy },
  'networking.istio.io/v1': {
    module: '@kubernetes-models/istio/networking.istio.io/v1',
    classes: istio,
  },
};

const gatewayApi = 'gateway.networking.k8s.io/v1';

type Model = new (object: KubernetesObject) => { validate(): void };

/**
 * Checks an object against its JSON schema: types, formats, required fields.
 * @throws Error naming the field, or the kind when nothing is known of it
 */
export function validate(object: KubernetesObject): void {
  const { apiVersion, kind } = object;
  if (apiVersion === gatewayApi) {
    validateByEngine(object);
    return;
  }
  const model = (models[apiVersion]?.classes as Record<string, Model> | undefined)?.[kind];
  if (model === undefined) throw new Error(`no schema for ${apiVersion} ${kind}`);
  new model(object).validate();
}

/** The engine has the schemas of these CRDs, and finds unknown fields by them as well. */
function validateByEngine(object: KubernetesObject): void {
  const { resources, issues } = parse(JSON.stringify(object), 'object.json');
  const [first] = [...issues, ...validateResources(resources)].filter(({ severity }) => severity !== 'info');
  if (first !== undefined) throw new Error(`${first.path} ${first.message}`);
}

/**
 * Checks that objects have no field that their kinds do not know, which JSON schemas of Kubernetes let pass: the types are asked.
 * @returns what the compiler says; empty when all is well
 */
export function unknownFields(objects: readonly KubernetesObject[], root: string): string {
  const folder = join(root, 'artifacts', `manifest-types-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const modelled = objects.filter(({ apiVersion }) => apiVersion !== gatewayApi);
  const lines = modelled.map((object, index) => {
    const { module } = models[object.apiVersion] ?? {};
    return `export const object${index}: import('${module}').I${object.kind} = ${JSON.stringify(object)};`;
  });
  writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
  const options = [
    '--noEmit',
    '--ignoreConfig',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--types',
    '',
  ];
  try {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    return spawnSync(process.execPath, [tsc, ...options, 'objects.ts'], { cwd: folder, encoding: 'utf8' })
      .stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
