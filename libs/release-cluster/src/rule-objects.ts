import {
  type ApiClient,
  ApiError,
  type KubernetesObject,
  kinds,
  type ResourceKind,
  Resources,
  watch,
} from '@grayscale/cluster-client';
import { type JsonObject, type RuleLayout, ruleLayout, rulesIn } from '@grayscale/manifest-files';
import { objectText, type TargetKind, type TargetObject } from '@grayscale/release';

/** A VirtualService, HTTPRoute or GRPCRoute as the API server has it. */
export interface RuleObject extends KubernetesObject {
  spec?: { http?: JsonObject[]; rules?: JsonObject[] } & JsonObject;
}

/** Which object is meant. */
export type RuleObjectName = Pick<TargetObject, 'kind' | 'namespace' | 'name'>;

/** How long an object is believed to be as it was read although a watch says nothing, in milliseconds. */
const pollInterval = 30_000;

const resourceKinds: Record<TargetKind, ResourceKind> = {
  VirtualService: kinds.virtualService,
  HTTPRoute: kinds.httpRoute,
  GRPCRoute: kinds.grpcRoute,
};

/** One kind in one namespace, as a watch tells of it. */
interface Watched {
  /** The watch has told everything up to now; while it has not, objects are read each time. */
  isSynced: boolean;
  namespace: string;
  objects: Map<string, RuleObject>;
}

/** An object that was read. */
interface Read {
  object: RuleObject | undefined;
  at: number;
}

/**
 * The objects of a cluster that have rules, read again only when a watch says that they have changed, or after half a minute. The watch is a hint: what is
 * decided on was read with a GET, or is the answer of a write. Where watching is forbidden, every look is a GET.
 */
export class RuleObjects {
  private readonly watches = new Map<string, Watched>();
  private readonly reads = new Map<string, Read>();
  private stop = new AbortController();

  constructor(private readonly client: ApiClient) {}

  /** The objects of one kind. */
  resources(kind: TargetKind): Resources<RuleObject> {
    return new Resources<RuleObject>(this.client, resourceKinds[kind]);
  }

  /** Undefined where there is none. @throws ApiError, ApiUnreachableError */
  async get(named: RuleObjectName): Promise<RuleObject | undefined> {
    const known = this.reads.get(objectText(named));
    const isFresh = known !== undefined && performance.now() - known.at < pollInterval;
    return isFresh && this.watched(named).isSynced ? known.object : await this.read(named);
  }

  /** As {@link get}, from the API server. */
  async read(named: RuleObjectName): Promise<RuleObject | undefined> {
    const { kind, namespace, name } = named;
    const before = this.watched(named).objects.get(name);
    const at = performance.now();
    const object = await this.resources(kind)
      .get(namespace, name)
      .catch((error) => {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      });
    // A change that was told while the answer was on its way may not be in it.
    if (this.watched(named).objects.get(name) === before) this.reads.set(objectText(named), { object, at });
    else this.reads.delete(objectText(named));
    return object;
  }

  /** Takes over the answer of a write. */
  put(object: RuleObject): void {
    this.reads.set(objectText(nameOf(object)), { object, at: performance.now() });
  }

  /** What is known of a namespace: all of it, once the watches of the kinds that were asked for have begun. */
  *in(namespace: string): Iterable<RuleObject> {
    for (const watched of this.watches.values())
      if (watched.namespace === namespace) yield* watched.objects.values();
  }

  /** Ends the watches; what is asked for afterwards is read anew. */
  close(): void {
    this.stop.abort();
    this.stop = new AbortController();
    this.watches.clear();
    this.reads.clear();
  }

  private watched({ kind, namespace }: Pick<RuleObjectName, 'kind' | 'namespace'>): Watched {
    const key = `${kind} ${namespace}`;
    const known = this.watches.get(key);
    if (known !== undefined) return known;
    const begun: Watched = { isSynced: false, namespace, objects: new Map() };
    this.watches.set(key, begun);
    void this.follow(kind, begun).catch(() => {
      // Not allowed to: everything is read each time.
      begun.isSynced = false;
    });
    return begun;
  }

  private async follow(kind: TargetKind, watched: Watched): Promise<void> {
    const { namespace, objects } = watched;
    const forget = (isMeant: (name: string) => boolean) => this.forgetReads(kind, namespace, isMeant);
    for await (const event of watch(this.resources(kind), { namespace, signal: this.stop.signal })) {
      watched.isSynced = event.type !== 'interrupted';
      if (event.type === 'interrupted') forget(() => true);
      if (event.type === 'listed') {
        objects.clear();
        for (const object of event.objects) this.note(watched, object);
        forget((name) => !objects.has(name));
      }
      if (event.type === 'added' || event.type === 'modified') this.note(watched, event.object);
      if (event.type === 'deleted') {
        const { name } = event.object.metadata;
        objects.delete(name);
        forget((other) => other === name);
      }
    }
  }

  private note({ objects }: Watched, object: RuleObject): void {
    const { name, resourceVersion } = object.metadata;
    objects.set(name, object);
    const key = objectText(nameOf(object));
    // What we have written ourselves comes back, and is known.
    if (this.reads.get(key)?.object?.metadata.resourceVersion !== resourceVersion) this.reads.delete(key);
  }

  private forgetReads(kind: TargetKind, namespace: string, isMeant: (name: string) => boolean): void {
    const start = objectText({ kind, namespace, name: '' });
    for (const key of this.reads.keys())
      if (key.startsWith(start) && isMeant(key.slice(start.length))) this.reads.delete(key);
  }
}

/** Its names. The API server writes the kind into every object, also into those of a list. */
export function nameOf({ kind, metadata: { namespace = '', name } }: RuleObject): RuleObjectName {
  return { kind: kind as TargetKind, namespace, name };
}

/** Where its kind writes its rules. */
export function layoutOf({ apiVersion = '' }: RuleObject): RuleLayout {
  return ruleLayout({ group: apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/'))) });
}

/** Its rules as written; empty where there are none. */
export function writtenRules(object: RuleObject): readonly JsonObject[] {
  return rulesIn(object, layoutOf(object));
}
