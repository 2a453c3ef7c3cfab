import {
  type OfferedPlan,
  type Plan,
  type ReleaseState,
  type Revised,
  revise,
  type Store,
} from '@grayscale/release';

/** The plan that a run follows, while its author may write another. */
export class FollowedPlan {
  /** A plan that was changed before this process drove the release. */
  private offered: OfferedPlan | undefined;

  constructor(
    private current: Plan,
    private readonly store: Store,
  ) {}

  get plan(): Plan {
    return this.current;
  }

  /** Takes up a run under the plan in its journal; its author's comes after that. */
  goOnWith(journaled: Plan): void {
    this.offered = { kind: 'plan', plan: this.current };
    this.follow(journaled);
  }

  follow(plan: Plan): void {
    this.current = plan;
    this.store.follow(plan);
  }

  /** What a plan that was changed since the last call makes of the run. */
  async revised(state: ReleaseState): Promise<Revised> {
    const offered = (await this.store.readPlan()) ?? this.offered;
    this.offered = undefined;
    if (offered === undefined) return { kind: 'same' };
    if (offered.kind === 'plan') return revise(this.current, offered.plan, state);
    return { kind: 'refused', message: `the changed plan is not valid: ${offered.message}` };
  }
}
