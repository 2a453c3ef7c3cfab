import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { ApiError } from './errors.js';
import { kinds } from './kinds.js';
import { type KubernetesObject, Resources } from './resources.js';

/** Which Lease object is contended for, by whom, and how patiently. */
export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Names this holder among all contenders; no two processes may share it. */
  readonly identity: string;
  /** How long a holder that is silent is believed in, in milliseconds; 15 s by default, as client-go's leader election has it. */
  readonly duration?: number;
  /** Between two renewals, in milliseconds; 2 s by default. */
  readonly retryPeriod?: number;
  /** Whether a holder is known to have ended without releasing, so that nobody need wait for it; nobody is by default. */
  readonly isDead?: (identity: string) => Promise<boolean>;
}

/** What came of an attempt. */
export type Acquired =
  | { kind: 'acquired' }
  /** `isFresh`: it was renewed, by its own clock, within its duration. */
  | { kind: 'held'; by: string; isFresh: boolean };

interface LeaseObject extends KubernetesObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/**
 * Makes one of several processes the only one, as client-go's leader election does: whoever writes its name into the object has it, renews it, and
 * loses it to others once it has been silent for its duration. Only the local clock is asked how long a holder has been silent: clocks of machines
 * differ. It does not fence: what must not happen twice is to be guarded by resource versions as well.
 */
export class Lease {
  private readonly leases: Resources<LeaseObject>;
  private readonly duration: number;
  /** The other holder's record as last seen, and since when it has not changed. */
  private observed: { record: string; at: number } | undefined;
  /** Since the lease was last acquired, until it is lost or released. */
  private term:
    | { readonly lost: AbortController; renewedAt: number; readonly ended: Promise<void> }
    | undefined;

  constructor(
    client: ApiClient,
    private readonly options: LeaseOptions,
  ) {
    this.leases = new Resources<LeaseObject>(client, kinds.lease);
    this.duration = options.duration ?? 15_000;
  }

  /** Whether it is ours: acquired, and neither lost nor released. */
  get isHeld(): boolean {
    return this.term !== undefined && !this.term.lost.signal.aborted;
  }

  /** Aborts once the lease can be somebody else's: it was taken, or could not be renewed for two thirds of its duration. Acquire it first. */
  get lost(): AbortSignal {
    if (this.term === undefined) throw new Error('the lease has not been acquired');
    return this.term.lost.signal;
  }

  /** Who has it, as far as the object tells: by the clock of its holder, which may differ from ours. @throws ApiError */
  async holder(): Promise<string | undefined> {
    const lease = await this.read();
    const { holderIdentity } = lease?.spec ?? {};
    if (lease === undefined || !holderIdentity || !isFresh(lease)) return undefined;
    return (await this.options.isDead?.(holderIdentity)) === true ? undefined : holderIdentity;
  }

  /**
   * Tries once. Once acquired it is renewed in the background.
   * @throws ApiError, ApiUnreachableError
   */
  async tryAcquire(): Promise<Acquired> {
    if (this.isHeld) return { kind: 'acquired' };
    const startedAt = performance.now();
    const lease = await this.read();
    const other = lease === undefined ? undefined : await this.otherHolder(lease);
    if (lease !== undefined && other !== undefined)
      return { kind: 'held', by: other, isFresh: isFresh(lease) };
    if (!(await this.write(lease))) return this.tryAcquire();
    this.observed = undefined;
    this.begin(startedAt);
    return { kind: 'acquired' };
  }

  /** Tries until it is acquired. @returns false when the signal ended the waiting. @throws ApiError that asking again cannot mend: 401, 403, 404 */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const tried = await this.tryAcquire().catch((error) => {
        if (error instanceof ApiError && [401, 403, 404].includes(error.status)) throw error;
        return undefined;
      });
      if (tried?.kind === 'acquired') return true;
      await this.pause(signal);
    }
    return false;
  }

  /** Lets others have it at once. */
  async release(): Promise<void> {
    const { term } = this;
    if (term === undefined) return;
    const wasHeld = this.isHeld;
    term.lost.abort();
    await term.ended;
    this.term = undefined;
    if (!wasHeld) return;
    const lease = await this.read();
    if (lease?.spec?.holderIdentity !== this.options.identity) return;
    // As client-go releases: an empty name, and a second for whoever reads the duration.
    await this.replace({ ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 } });
  }

  private begin(renewedAt: number): void {
    const lost = new AbortController();
    const ended = (async () => {
      await this.renew(lost);
    })();
    this.term = { lost, renewedAt, ended };
  }

  /** Renews until it is lost. */
  private async renew(lost: AbortController): Promise<void> {
    await this.pause(lost.signal);
    while (!lost.signal.aborted) {
      const startedAt = performance.now();
      const renewed = await this.renewOnce().catch(() => 'unknown' as const);
      if (this.term === undefined || lost.signal.aborted) return;
      if (renewed === 'renewed') this.term.renewedAt = startedAt;
      const isOver = performance.now() - this.term.renewedAt > (this.duration * 2) / 3;
      if (renewed === 'taken' || isOver) return lost.abort();
      await this.pause(lost.signal);
    }
  }

  private async renewOnce(): Promise<'renewed' | 'taken' | 'unknown'> {
    const lease = await this.read();
    if (lease !== undefined && lease.spec?.holderIdentity !== this.options.identity) return 'taken';
    return (await this.write(lease)) ? 'renewed' : 'unknown';
  }

  private async otherHolder(lease: LeaseObject): Promise<string | undefined> {
    const { holderIdentity, leaseDurationSeconds = 0 } = lease.spec ?? {};
    if (!holderIdentity || holderIdentity === this.options.identity) return undefined;
    if ((await this.options.isDead?.(holderIdentity)) === true) return undefined;
    const record = JSON.stringify(lease.spec);
    const now = performance.now();
    if (this.observed?.record !== record) this.observed = { record, at: now };
    return now - this.observed.at < 1000 * leaseDurationSeconds ? holderIdentity : undefined;
  }

  private async read(): Promise<LeaseObject | undefined> {
    const { namespace, name } = this.options;
    return await this.leases.get(namespace, name).catch(absent(404));
  }

  /** @returns false when somebody else was faster */
  private async write(lease: LeaseObject | undefined): Promise<boolean> {
    const { namespace, name, identity } = this.options;
    const now = new Date().toISOString().replace('Z', '000Z');
    const isNew = lease?.spec?.holderIdentity !== identity;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.duration / 1000),
      acquireTime: isNew ? now : (lease?.spec?.acquireTime ?? now),
      renewTime: now,
      leaseTransitions: (lease?.spec?.leaseTransitions ?? 0) + (isNew && lease !== undefined ? 1 : 0),
    };
    if (lease !== undefined) return await this.replace({ ...lease, spec });
    const created = await this.leases.create({ metadata: { namespace, name }, spec }).catch(absent(409));
    return created !== undefined;
  }

  private async replace(lease: LeaseObject): Promise<boolean> {
    // A lease that was deleted meanwhile is made anew by the next attempt.
    return (await this.leases.replace(lease).catch(absent(409, 404))) !== undefined;
  }

  private async pause(signal: AbortSignal): Promise<void> {
    const { retryPeriod = 2000 } = this.options;
    // Contenders that wait for the same lease are not to ask in the same moment.
    const time = retryPeriod * (1 + 0.2 * Math.random());
    await delay(time, undefined, { signal }).catch(() => undefined);
  }
}

function isFresh({ spec }: LeaseObject): boolean {
  const renewed = Date.parse(spec?.renewTime ?? '');
  return renewed + 1000 * (spec?.leaseDurationSeconds ?? 0) > Date.now();
}

/** Undefined for an answer that says no more than that something is not there, or is there already. */
function absent(...statuses: number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ApiError && statuses.includes(error.status)) return undefined;
    throw error;
  };
}
