import type { ApiClient } from '../api-client.js';
import { ApiError, ClusterConfigError } from '../errors.js';
import { kinds } from '../kinds.js';
import { type KubernetesObject, type ResourceKind, Resources } from '../resources.js';

/** Where istiod keeps the settings of the mesh, unless it is a revision with a name. */
export const defaultMeshConfigMap = 'istio';
/** The namespace of that ConfigMap. */
export const istioNamespace = 'istio-system';

const revisionLabel = 'istio.io/rev';
const tagLabel = 'istio.io/tag';

const webhookKind: ResourceKind = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
};

/** Whose settings are meant. */
export interface Revision {
  /** Of the control plane, or a tag of one; what the label `istio.io/rev` of the namespace says, if this is left out. */
  readonly revision?: string;
  /** Of the calling workload. */
  readonly namespace?: string;
}

/**
 * The name of the ConfigMap with the MeshConfig that a workload's proxy has: `istio`, or `istio-REVISION` (istio, getMeshConfig in istioctl/pkg/describe/describe.go). A
 * name that is a tag stands for the revision that its webhook names. What the user may not read is taken as not there.
 * @throws ClusterConfigError for a revision that was asked for and is not there
 */
export async function meshConfigMapOf(client: ApiClient, { revision, namespace }: Revision): Promise<string> {
  const name = revision ?? (await labelOf(client, namespace)) ?? 'default';
  for (const candidate of [name, await revisionOfTag(client, name)]) {
    const map = candidate && mapOf(candidate);
    if (map && (await exists(client, map))) return map;
  }
  if (revision === undefined || revision === 'default') return defaultMeshConfigMap;
  throw new ClusterConfigError(
    `the context "${client.access.context}" has no revision ${revision} of Istio: there is no ConfigMap ${mapOf(revision)} in ${istioNamespace}, and no tag of that name. "kubectl get configmap -n ${istioNamespace}" lists what there is`,
  );
}

function mapOf(revision: string): string {
  return revision === 'default' ? defaultMeshConfigMap : `${defaultMeshConfigMap}-${revision}`;
}

async function labelOf(client: ApiClient, namespace: string | undefined): Promise<string | undefined> {
  if (namespace === undefined) return undefined;
  const path = `/api/v1/namespaces/${namespace}`;
  const subject = { verb: 'get', resource: 'namespaces', name: namespace };
  const object = await orNothing(client.send<KubernetesObject>({ method: 'GET', path, subject }));
  return object?.metadata.labels?.[revisionLabel];
}

/** Tags are names for revisions, kept in the labels of their webhooks (istio, istioctl/pkg/tag). */
async function revisionOfTag(client: ApiClient, tag: string): Promise<string | undefined> {
  const list = new Resources(client, webhookKind).list(undefined, { labelSelector: `${tagLabel}=${tag}` });
  return (await orNothing(list))?.items[0]?.metadata.labels?.[revisionLabel];
}

/** Whom the ConfigMap is forbidden is told so where it is read. */
async function exists(client: ApiClient, map: string): Promise<boolean> {
  const read = new Resources(client, kinds.configMap).get(istioNamespace, map);
  return await read.then(
    () => true,
    (error) => {
      if (isStatus(error, 403)) return true;
      if (isStatus(error, 404)) return false;
      throw error;
    },
  );
}

async function orNothing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return await answer.catch((error) => {
    if (isStatus(error, 403) || isStatus(error, 404)) return undefined;
    throw error;
  });
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}
