import { type ApiClient, Lease } from '@grayscale/cluster-client';
import { type Command, type JournalEntry, objectText, type Plan, type Write } from '@grayscale/release';
import {
  type Driver,
  type KeptRelease,
  lastState,
  type PlanText,
  type Preview,
  planInForce,
  previewOf,
  type Standing,
  type TriedWrite,
} from '@grayscale/release-loop';
import { Arms } from './arms.js';
import { ClusterStore } from './cluster-store.js';
import { driverOf, isDead } from './driver-identity.js';
import { objectYaml } from './object-yaml.js';
import { type RecordObject, recordName } from './record/record-object.js';
import { type RecordOptions, ReleaseRecord } from './record/release-record.js';
import { nameOf, RuleObjects } from './rule-objects.js';
import { targetView } from './target-views.js';
import { TargetWriter } from './target-writer.js';

/** A plan, the cluster that has its targets, and who carries it out. */
export interface ClusterReleaseOptions extends RecordOptions {
  client: ApiClient;
  plan: Plan;
  /** Where its memory is. */
  home: RecordObject;
  /** Of this process, see {@link processIdentity}. */
  identity: string;
  /** The plan's file, where it has one. */
  planText?: PlanText;
}

/** A release whose rules and memory are in a cluster. */
export class ClusterRelease implements KeptRelease {
  readonly plan: Plan;
  private readonly client: ApiClient;
  private readonly record: ReleaseRecord;

  constructor(private readonly options: ClusterReleaseOptions) {
    this.plan = options.plan;
    this.client = options.client;
    this.record = this.recordOf(options);
  }

  store(): ClusterStore {
    const { client, plan, planText } = this.options;
    const record = this.recordOf(this.options);
    return new ClusterStore({ client, plan, record, lease: this.lease(), ...(planText && { planText }) });
  }

  async journal(): Promise<JournalEntry[]> {
    return await this.record.load();
  }

  async standing(): Promise<Standing> {
    const journal = await this.journal();
    const state = lastState(journal);
    return { plan: planInForce(journal) ?? this.plan, ...(state && { state }) };
  }

  async driver(): Promise<Driver | undefined> {
    await this.record.load();
    const holder = (await this.lease().holder()) ?? (await this.record.otherDriver());
    return holder === undefined ? undefined : driverOf(holder);
  }

  async send(command: Command): Promise<string> {
    return await this.record.send(command);
  }

  async withdraw(id: string): Promise<boolean> {
    return await this.record.withdraw(id);
  }

  /** Every step is sent as a dry run too: what RBAC, validation and webhooks refuse is known before the first write. */
  async preview(now: number): Promise<Preview> {
    const ruleObjects = new RuleObjects(this.client);
    try {
      const arms = new Arms(this.client);
      const targets = this.plan.targets.map((target) => targetView(ruleObjects, arms, target, this.plan));
      const view = { targets: await Promise.all(targets) };
      const writer = new TargetWriter({ plan: this.plan, ruleObjects, heldBy: async () => undefined });
      return await previewOf(this.plan, view, now, (write) => this.attempt(writer, write));
    } finally {
      ruleObjects.close();
    }
  }

  private async attempt(writer: TargetWriter, write: Write): Promise<TriedWrite> {
    const { namespace, name } = this.plan;
    const tried = await writer.dryRun(write, this.record.owner ?? { namespace, name, uid: 'dry-run' });
    if (tried.kind === 'refused') return tried;
    const { object, edited } = tried.edit;
    const path = objectText(nameOf(object));
    return { kind: 'edit', edit: { path, before: objectYaml(object), after: objectYaml(edited) } };
  }

  private recordOf({ home, identity, ...options }: ClusterReleaseOptions): ReleaseRecord {
    return new ReleaseRecord(home, { ...options, driver: identity, isDead });
  }

  private lease(): Lease {
    const { namespace, name } = this.plan;
    return new Lease(this.client, {
      namespace,
      name: recordName(name),
      identity: this.options.identity,
      isDead,
    });
  }
}
