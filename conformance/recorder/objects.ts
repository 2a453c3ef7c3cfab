import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiClient,
  ApiError,
  findCluster,
  type KubernetesObject,
  kinds,
  Resources,
} from '@grayscale/cluster-client';

/** An object as it stands in a case: with its kind, and perhaps a status, which nobody else would write here. */
export type CaseObject = KubernetesObject & { apiVersion: string; kind: string; status?: unknown };

interface ServedKind {
  name: string;
  kind: string;
}

/** Creates and removes objects of every kind that the API server has. */
export class ClusterObjects {
  readonly #client: ApiClient;
  /** By apiVersion and kind. */
  readonly #kinds = new Map<string, Resources>();
  readonly #namespaces = new Set(['default']);

  static async of(kubeconfig: string): Promise<ClusterObjects> {
    return new ClusterObjects(new ApiClient(await findCluster({ kubeconfig })));
  }

  private constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Creates an object, with its namespace and its status. @throws ApiError what the API server refused */
  async create({ status, ...object }: CaseObject): Promise<void> {
    const { name, namespace } = object.metadata;
    if (object.kind === 'Namespace') return this.#ensureNamespace(object);
    if (namespace !== undefined) await this.#ensureNamespace({ metadata: { name: namespace } });
    const resources = await this.#resourcesOf(object);
    await this.#onceRemoved(() => resources.create(object));
    if (status === undefined) return;
    const operations = [{ op: 'add', path: '/status', value: status }] as const;
    await resources.patch(namespace ?? '', name, operations, { subresource: 'status' });
  }

  /** As it is now. */
  async read<Kind extends CaseObject>(object: CaseObject): Promise<Kind> {
    const { name, namespace = '' } = object.metadata;
    return (await (await this.#resourcesOf(object)).get(namespace, name)) as Kind;
  }

  /** Namespaces stay: without controllers they cannot end. */
  async remove(object: CaseObject): Promise<void> {
    if (object.kind === 'Namespace') return;
    const { name, namespace = '' } = object.metadata;
    await (await this.#resourcesOf(object)).delete(namespace, name);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #ensureNamespace(object: KubernetesObject): Promise<void> {
    const { name, labels } = object.metadata;
    if (this.#namespaces.has(name) && labels === undefined) return;
    this.#namespaces.add(name);
    const namespaces = new Resources(this.#client, kinds.namespace);
    await namespaces.create(object).catch(ignoreExisting);
    if (labels !== undefined)
      await namespaces.patch('', name, [{ op: 'add', path: '/metadata/labels', value: labels }]);
  }

  /** What the case before had under this name may still be on its way out. */
  async #onceRemoved(create: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await create();
        return;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409 && attempt < 100)) throw error;
        await delay(50);
      }
    }
  }

  async #resourcesOf({ apiVersion, kind }: CaseObject): Promise<Resources> {
    const known = this.#kinds.get(`${apiVersion} ${kind}`);
    if (known !== undefined) return known;
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const subject = { verb: 'list', resource: kind };
    const served = await this.#client.send<{ resources: ServedKind[] }>({ method: 'GET', path, subject });
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    for (const { name, kind } of served.resources) {
      if (name.includes('/')) continue;
      this.#kinds.set(
        `${apiVersion} ${kind}`,
        new Resources(this.#client, { group, version, plural: name, kind }),
      );
    }
    const found = this.#kinds.get(`${apiVersion} ${kind}`);
    if (found === undefined) throw new Error(`The API server has no ${kind} of ${apiVersion}`);
    return found;
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 409)) throw error;
}
