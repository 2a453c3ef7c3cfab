import type { ApiClient } from './api-client.js';
import { ApiError, type RequestSubject } from './errors.js';

/** A kind of object, by its place in the API. */
export interface ResourceKind {
  /** Empty for the core API. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** An object of any kind, as far as every object is alike. */
export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMetadata;
  [field: string]: unknown;
}

/** The fields of a Kubernetes object's `metadata` that this client reads or writes. */
export interface ObjectMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: ManagedFields[];
}

/** Who wrote what last. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  time?: string;
  subresource?: string;
  fieldsV1?: Record<string, unknown>;
}

/** All objects of a kind at one moment. */
export interface ObjectList<Kind extends KubernetesObject> {
  metadata: { resourceVersion: string; continue?: string };
  items: Kind[];
}

/** An operation of RFC 6902. */
export type PatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** How an object is written. */
export interface WriteOptions {
  /** Everything but the storing: admission and RBAC are asked. */
  readonly dryRun?: boolean;
  readonly subresource?: string;
}

/** Under which name this program's writes stand in `managedFields`. */
export const fieldManager = 'grayscale';

/** Which objects of a kind are meant, in the words of the API. */
export interface ObjectSelector {
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** How many objects a page of a list has, as kubectl asks. */
const pageSize = 500;

/** How often a list is begun whose pages the server forgets meanwhile. */
const listAttempts = 3;

/** The objects of one kind. */
export class Resources<Kind extends KubernetesObject = KubernetesObject> {
  constructor(
    readonly client: ApiClient,
    readonly kind: ResourceKind,
  ) {}

  /** @throws ApiError `NotFound` where there is none */
  get(namespace: string, name: string): Promise<Kind> {
    return this.client.send({
      method: 'GET',
      path: this.path(namespace, name),
      subject: this.subject('get', namespace, name),
    });
  }

  /** Every object of a namespace, or of the whole cluster, or those that a selector names, page by page. */
  async list(namespace?: string, selector: ObjectSelector = {}): Promise<ObjectList<Kind>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.pages(namespace, selector);
      } catch (error) {
        // The server remembers the state that a list began with for some minutes only.
        if (!(error instanceof ApiError && error.status === 410 && attempt < listAttempts)) throw error;
      }
    }
  }

  private async pages(namespace: string | undefined, selector: ObjectSelector): Promise<ObjectList<Kind>> {
    const items: Kind[] = [];
    const path = this.path(namespace);
    const subject = this.subject('list', namespace);
    for (let from: string | undefined; ; ) {
      const query = { ...selector, limit: pageSize, continue: from };
      const page = await this.client.send<ObjectList<Kind>>({ method: 'GET', path, query, subject });
      items.push(...page.items);
      from = page.metadata.continue || undefined;
      if (from === undefined) return { metadata: page.metadata, items };
    }
  }

  /** A JSON patch: all of it, or nothing. @throws ApiError `Conflict`, `Invalid`, `Forbidden` ... */
  patch(
    namespace: string,
    name: string,
    operations: readonly PatchOperation[],
    options: WriteOptions = {},
  ): Promise<Kind> {
    return this.client.send({
      method: 'PATCH',
      path: this.path(namespace, name, options.subresource),
      query: this.writeQuery(options),
      contentType: 'application/json-patch+json',
      body: operations,
      subject: this.subject('patch', namespace, name, options.subresource),
    });
  }

  /**
   * A JSON patch of an object as it was read: all of it on that very version, or nothing.
   * The API server compares versions after it has applied the patch, so that operations that fit the old version alone fail before that, as invalid (422).
   * @throws ApiError `Conflict` (409) whenever the object has changed since it was read; `Invalid`, `Forbidden` ...
   */
  async patchAsRead(
    { metadata }: Kind,
    operations: readonly PatchOperation[],
    options: WriteOptions = {},
  ): Promise<Kind> {
    const { namespace = '', name, resourceVersion } = metadata;
    const guard: PatchOperation = {
      op: 'replace',
      path: '/metadata/resourceVersion',
      value: resourceVersion,
    };
    try {
      return await this.patch(namespace, name, [guard, ...operations], options);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 422) throw error;
      const now = await this.get(namespace, name);
      if (now.metadata.resourceVersion === resourceVersion) throw error;
      throw new ApiError(409, 'Conflict', error.subject, 'the object has been modified since it was read');
    }
  }

  create(object: Kind, options: WriteOptions = {}): Promise<Kind> {
    const { namespace } = object.metadata;
    const path = this.path(namespace);
    const body = this.typed(object);
    return this.client.send({
      method: 'POST',
      path,
      query: this.writeQuery(options),
      body,
      subject: this.subject('create', namespace),
    });
  }

  /** Writes the whole object; `metadata.resourceVersion` guards it. */
  replace(object: Kind, options: WriteOptions = {}): Promise<Kind> {
    const { namespace, name } = object.metadata;
    return this.client.send({
      method: 'PUT',
      path: this.path(namespace, name, options.subresource),
      query: this.writeQuery(options),
      body: this.typed(object),
      subject: this.subject('update', namespace, name, options.subresource),
    });
  }

  async delete(namespace: string, name: string): Promise<void> {
    await this.client.send({
      method: 'DELETE',
      path: this.path(namespace, name),
      subject: this.subject('delete', namespace, name),
    });
  }

  /** The path of one object, or of all of a namespace or the cluster. */
  path(namespace?: string, name?: string, subresource?: string): string {
    const { group, version, plural } = this.kind;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const parts = [namespace && 'namespaces', namespace, plural, name, subresource];
    const given = parts.filter((part) => part !== undefined && part !== '');
    return `${root}/${given.map((part) => encodeURIComponent(part ?? '')).join('/')}`;
  }

  subject(verb: string, namespace?: string, name?: string, subresource?: string): RequestSubject {
    const { group, plural } = this.kind;
    const resource = [group === '' ? plural : `${plural}.${group}`, subresource].filter(Boolean).join('/');
    return { verb, resource, ...(namespace && { namespace }), ...(name && { name }) };
  }

  private typed(object: Kind): Kind {
    const { group, version, kind } = this.kind;
    return { ...object, apiVersion: group === '' ? version : `${group}/${version}`, kind };
  }

  private writeQuery({ dryRun }: WriteOptions) {
    return { fieldManager, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined };
  }
}
