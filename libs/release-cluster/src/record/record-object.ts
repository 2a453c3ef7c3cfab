import {
  type ApiClient,
  ApiError,
  type KubernetesObject,
  kinds,
  type PatchOperation,
  type ResourceKind,
  Resources,
} from '@grayscale/cluster-client';
import { type OfferedPlan, planApiVersion, planFromObject, planGroup, planKind } from '@grayscale/release';
import { RecordError } from '../errors.js';
import { grayReleaseStatus } from '../gray-release.js';
import { removeAnnotation, setAnnotation } from '../metadata-patch.js';
import { packed, unpacked } from './packed-content.js';
import { contentIn, emptyContent, type RecordContent } from './record-content.js';
import { commandsAnnotation } from './sent-commands.js';

/** The kind of a plan in a cluster. */
export const grayReleaseKind = {
  group: planGroup,
  version: planApiVersion.slice(planGroup.length + 1),
  plural: 'grayreleases',
  kind: planKind,
} as const satisfies ResourceKind;

/** Marks the ConfigMaps that have a release's memory, and names the release. */
export const recordLabel = `${planGroup}/release`;

/** The name of what belongs to a release beside its plan: its ConfigMap, its Lease. */
export function recordName(release: string): string {
  return `grayscale-${release}`;
}

/** An object that has a release's memory. Writes are guarded by the version of the object that was read. */
export interface RecordObject {
  readonly namespace: string;
  /** Of the release. */
  readonly release: string;
  /** The object in words. */
  readonly subject: string;
  /** Undefined where there is none. */
  read(): Promise<KubernetesObject | undefined>;
  /** As a watch knows it, which may be a moment old; absent where nobody watches. */
  readonly glance?: (() => KubernetesObject | undefined) | undefined;
  /** @throws RecordError for what grayscale has not written */
  contentOf(object: KubernetesObject): RecordContent;
  /** The plan in it, for an object that is one. */
  planIn?(object: KubernetesObject): OfferedPlan;
  /** Makes it; undefined when it is there already. */
  create(content: RecordContent): Promise<KubernetesObject | undefined>;
  /** @param commands the annotation's new text; undefined leaves it alone. Beside a status it is another write. */
  write(
    object: KubernetesObject,
    content: RecordContent,
    commands: string | undefined,
  ): Promise<KubernetesObject>;
  /** Writes the annotation alone. */
  writeCommands(object: KubernetesObject, commands: string): Promise<KubernetesObject>;
}

/** Reads, and says what a missing object is. */
async function readFrom(
  resources: Resources,
  namespace: string,
  name: string,
): Promise<KubernetesObject | undefined> {
  return await resources.get(namespace, name).catch((error) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

function commandsOperations(object: KubernetesObject, commands: string | undefined): PatchOperation[] {
  if (commands === undefined) return [];
  return commands === ''
    ? removeAnnotation(object, commandsAnnotation)
    : setAnnotation(object, commandsAnnotation, commands);
}

async function patchCommands(
  resources: Resources,
  object: KubernetesObject,
  commands: string,
): Promise<KubernetesObject> {
  return await resources.patchAsRead(object, commandsOperations(object, commands));
}

/** A release's memory in a ConfigMap, where the cluster does not know the kind GrayRelease. */
export class ConfigMapRecord implements RecordObject {
  readonly subject: string;
  private readonly resources: Resources;

  constructor(
    client: ApiClient,
    readonly namespace: string,
    readonly release: string,
  ) {
    this.resources = new Resources(client, kinds.configMap);
    this.subject = `ConfigMap ${namespace}/${recordName(release)}`;
  }

  async read(): Promise<KubernetesObject | undefined> {
    return await readFrom(this.resources, this.namespace, recordName(this.release));
  }

  contentOf({ data }: KubernetesObject): RecordContent {
    const content = contentIn(parsed((data as Data | undefined)?.[recordKey]));
    if (content !== undefined) return content;
    throw new RecordError(
      `${this.subject} is not a record of grayscale; rename the release, or delete the ConfigMap if nobody needs it`,
    );
  }

  async create(content: RecordContent): Promise<KubernetesObject | undefined> {
    const { namespace } = this;
    const labels = { [recordLabel]: this.release, 'app.kubernetes.io/managed-by': 'grayscale' };
    const metadata = { namespace, name: recordName(this.release), labels };
    const data: Data = { [recordKey]: JSON.stringify(content) };
    return await this.resources.create({ metadata, data }).catch((error) => {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return undefined;
      throw error;
    });
  }

  async write(
    object: KubernetesObject,
    content: RecordContent,
    commands: string | undefined,
  ): Promise<KubernetesObject> {
    return await this.resources.patchAsRead(object, [
      { op: 'add', path: `/data/${recordKey}`, value: JSON.stringify(content) },
      ...commandsOperations(object, commands),
    ]);
  }

  async writeCommands(object: KubernetesObject, commands: string): Promise<KubernetesObject> {
    return await patchCommands(this.resources, object, commands);
  }
}

type Data = Record<string, string>;

const recordKey = 'record.json';

/** A release's memory in the status of its GrayRelease. */
export class GrayReleaseRecord implements RecordObject {
  readonly subject: string;
  private readonly resources: Resources;

  /** @param glance the object as a watch knows it */
  constructor(
    client: ApiClient,
    readonly namespace: string,
    readonly release: string,
    readonly glance?: () => KubernetesObject | undefined,
  ) {
    this.resources = new Resources(client, grayReleaseKind);
    this.subject = `GrayRelease ${namespace}/${release}`;
  }

  async read(): Promise<KubernetesObject | undefined> {
    return await readFrom(this.resources, this.namespace, this.release);
  }

  contentOf({ status }: KubernetesObject): RecordContent {
    const { record } = (status ?? {}) as { record?: unknown };
    if (record === undefined) return emptyContent;
    const content = unpacked(record);
    if (content !== undefined) return content;
    throw new RecordError(
      `${this.subject} has a status.record that this version of grayscale cannot read; use the version that wrote it`,
    );
  }

  planIn(object: KubernetesObject): OfferedPlan {
    const { plan, issues } = planFromObject(object);
    if (plan !== undefined) return { kind: 'plan', plan };
    const errors = issues.filter(({ severity }) => severity === 'error');
    return {
      kind: 'invalid',
      message: errors.map(({ path, message }) => `${this.subject} ${path}: ${message}`).join('; '),
    };
  }

  /** Whoever wants a release makes it. */
  async create(): Promise<undefined> {
    throw new RecordError(`${this.subject} does not exist`);
  }

  async write(
    object: KubernetesObject,
    content: RecordContent,
    commands: string | undefined,
  ): Promise<KubernetesObject> {
    const value = { ...grayReleaseStatus(object, content), record: packed(content) };
    const status: PatchOperation = { op: 'add', path: '/status', value };
    const written = await this.resources.patchAsRead(object, [status], { subresource: 'status' });
    // The status is a resource of its own: annotations are not written with it. Killed in between, the driver knows from the record what it has done.
    return commands === undefined
      ? written
      : await this.writeCommands(written, commands).catch(() => written);
  }

  async writeCommands(object: KubernetesObject, commands: string): Promise<KubernetesObject> {
    return await patchCommands(this.resources, object, commands);
  }
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
