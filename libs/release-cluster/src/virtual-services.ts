import {
  type ApiClient,
  ApiError,
  type KubernetesObject,
  kinds,
  Resources,
  watch,
} from '@grayscale/cluster-client';
import type { JsonObject } from '@grayscale/manifest-files';
import type { ObjectName } from '@grayscale/release';

/** A VirtualService as the API server has it. */
export interface VirtualServiceObject extends KubernetesObject {
  spec?: { http?: JsonObject[] } & JsonObject;
}

/** How long an object is believed to be as it was read although a watch says nothing, in milliseconds. */
const pollInterval = 30_000;

/** One namespace, as a watch tells of it. */
interface Watched {
  /** The watch has told everything up to now; while it has not, objects are read each time. */
  isSynced: boolean;
  objects: Map<string, VirtualServiceObject>;
}

/** An object that was read. */
interface Read {
  object: VirtualServiceObject | undefined;
  at: number;
}

/**
 * The VirtualServices of a cluster, read again only when a watch says that they have changed, or after half a minute. The watch is a hint: what is
 * decided on was read with a GET, or is the answer of a write. Where watching is forbidden, every look is a GET.
 */
export class VirtualServices {
  readonly resources: Resources<VirtualServiceObject>;
  private readonly namespaces = new Map<string, Watched>();
  private readonly reads = new Map<string, Read>();
  private stop = new AbortController();

  constructor(client: ApiClient) {
    this.resources = new Resources<VirtualServiceObject>(client, kinds.virtualService);
  }

  /** Undefined where there is none. @throws ApiError, ApiUnreachableError */
  async get({ namespace, name }: ObjectName): Promise<VirtualServiceObject | undefined> {
    const known = this.reads.get(`${namespace}/${name}`);
    const isFresh = known !== undefined && performance.now() - known.at < pollInterval;
    return isFresh && this.watched(namespace).isSynced ? known.object : await this.read({ namespace, name });
  }

  /** As {@link get}, from the API server. */
  async read({ namespace, name }: ObjectName): Promise<VirtualServiceObject | undefined> {
    const key = `${namespace}/${name}`;
    const before = this.watched(namespace).objects.get(name);
    const at = performance.now();
    const object = await this.resources.get(namespace, name).catch((error) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
    // A change that was told while the answer was on its way may not be in it.
    if (this.watched(namespace).objects.get(name) === before) this.reads.set(key, { object, at });
    else this.reads.delete(key);
    return object;
  }

  /** Takes over the answer of a write. */
  put(object: VirtualServiceObject): void {
    const { namespace, name } = object.metadata;
    this.reads.set(`${namespace}/${name}`, { object, at: performance.now() });
  }

  /** What is known of a namespace: all of it, once the watch has begun. */
  in(namespace: string): Iterable<VirtualServiceObject> {
    return this.watched(namespace).objects.values();
  }

  /** Ends the watches; what is asked for afterwards is read anew. */
  close(): void {
    this.stop.abort();
    this.stop = new AbortController();
    this.namespaces.clear();
    this.reads.clear();
  }

  private watched(namespace: string): Watched {
    const known = this.namespaces.get(namespace);
    if (known !== undefined) return known;
    const begun: Watched = { isSynced: false, objects: new Map() };
    this.namespaces.set(namespace, begun);
    void this.follow(namespace, begun).catch(() => {
      // Not allowed to: everything is read each time.
      begun.isSynced = false;
    });
    return begun;
  }

  private async follow(namespace: string, watched: Watched): Promise<void> {
    for await (const event of watch(this.resources, { namespace, signal: this.stop.signal })) {
      watched.isSynced = event.type !== 'interrupted';
      if (event.type === 'interrupted') this.forgetReads(namespace, () => true);
      if (event.type === 'listed') {
        watched.objects.clear();
        for (const object of event.objects) this.note(namespace, watched, object);
        this.forgetReads(namespace, (name) => !watched.objects.has(name));
      }
      if (event.type === 'added' || event.type === 'modified') this.note(namespace, watched, event.object);
      if (event.type === 'deleted') {
        const { name } = event.object.metadata;
        watched.objects.delete(name);
        this.forgetReads(namespace, (other) => other === name);
      }
    }
  }

  private note(namespace: string, { objects }: Watched, object: VirtualServiceObject): void {
    const { name, resourceVersion } = object.metadata;
    objects.set(name, object);
    const key = `${namespace}/${name}`;
    // What we have written ourselves comes back, and is known.
    if (this.reads.get(key)?.object?.metadata.resourceVersion !== resourceVersion) this.reads.delete(key);
  }

  private forgetReads(namespace: string, isMeant: (name: string) => boolean): void {
    for (const key of this.reads.keys())
      if (key.startsWith(`${namespace}/`) && isMeant(key.slice(namespace.length + 1))) this.reads.delete(key);
  }
}
