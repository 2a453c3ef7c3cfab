import type { ReadTarget, TargetView } from '@grayscale/release';

/** Longer than an editor takes to save a file, in milliseconds. */
const saveTakes = 2000;

/** Since when something has been otherwise, on a clock that does not jump. */
class Since {
  private at: number | undefined;

  /** Whether it has been so for longer than a save takes. */
  isSettled(isOtherwise: boolean): boolean {
    if (!isOtherwise) {
      this.at = undefined;
      return true;
    }
    this.at ??= performance.now();
    return performance.now() - this.at >= saveTakes;
  }
}

/** One target over time. A file that is gone, or names other endpoints, may be in the middle of being saved; what stays so is believed. */
export class SettledView {
  private readonly gone = new Since();
  private readonly changed = new Since();
  private shown: ReadTarget | undefined;

  /** What is to be believed, now that files say this. */
  settle(view: TargetView): TargetView {
    if (view.kind === 'unread') {
      if (!this.gone.isSettled(true)) return view;
      // After a change of branches, for instance, there is no rule any more.
      return { kind: 'read', rules: [], stable: {}, canary: {}, missing: view.reason };
    }
    this.gone.isSettled(false);
    const { stable, canary } = this.shown ?? view;
    const isOther = stable.identity !== view.stable.identity || canary.identity !== view.canary.identity;
    this.shown = this.changed.isSettled(isOther) ? view : { ...view, stable, canary };
    return this.shown;
  }
}
