import {
  addLook,
  ceilingEvidence,
  dispersionOf,
  type Exposure,
  evidenceAbove,
  evidenceBelow,
  type Harm,
  noHarm,
  noTrial,
  observe,
  ratioEvidence,
  type Trial,
  type TrialRule,
} from '@grayscale/release';
import { type Arm, type Look, lookSeconds } from './traffic.ts';

export type Verdict = 'abort' | 'promote' | 'wait';

/** Judges one step of a release, look by look. */
export interface Rule {
  judge(look: Look, isHoldOver: boolean): Verdict;
}

const sum = (a: Arm, b: Arm): Arm => ({ requests: a.requests + b.requests, bad: a.bad + b.bad });
const none: Arm = { requests: 0, bad: 0 };

/** A plan of four steps with the usual guard. Four tests share the risk: the ratio, the ceiling, who gave up, swallowed requests. */
export const ourPlan = { ratio: 1.5, max: 0.01, tests: 4, falseAbort: 0.01, falseAdvance: 0.05, steps: 4 };

/**
 * Ours. Without `max`, the ratio guards alone. What decides is never more than the plain evidence, so the whole trial is worked out only once that
 * suffices or the hold is over: the verdicts are the same, and an uneventful run costs a tenth.
 */
export class Ours implements Rule {
  private readonly limits: TrialRule;
  private readonly needed = Math.log(ourPlan.tests / ourPlan.falseAbort);
  private readonly level = Math.log(ourPlan.steps / ourPlan.falseAdvance);
  private readonly looks: Exposure[] = [];
  private harm: Harm = noHarm;
  private canary = none;
  private trial: Trial | undefined;

  constructor(limits: TrialRule) {
    this.limits = limits;
  }

  judge({ canary, stable }: Look, isHoldOver: boolean): Verdict {
    const exposure = { caller: '', canary, stable };
    this.looks.push(exposure);
    if (this.trial === undefined) {
      const isDue = this.isDue(exposure);
      if (!isDue && this.limits.max === undefined) return isHoldOver && this.isNoWorse() ? 'promote' : 'wait';
      if (!isDue && !isHoldOver) return 'wait';
      this.trial = noTrial;
      for (const earlier of this.looks) this.trial = observe(this.trial, this.limits, [earlier], true);
    } else {
      this.isDue(exposure);
      this.trial = observe(this.trial, this.limits, [exposure], true);
    }
    return this.verdict(this.trial, isHoldOver);
  }

  /** Whether the plain evidence suffices. */
  private isDue(exposure: Exposure): boolean {
    const { ratio, max } = this.limits;
    this.canary = sum(this.canary, exposure.canary);
    if (ratio !== undefined) this.harm = addLook(this.harm, ratio, [exposure]);
    if (this.harm.logs.some((log) => log >= this.needed)) return true;
    const { requests, bad } = this.canary;
    return max !== undefined && bad > max * requests && evidenceAbove(this.canary, max) >= this.needed;
  }

  private verdict(trial: Trial, isHoldOver: boolean): Verdict {
    const { ratio, max } = this.limits;
    if (ratio !== undefined && ratioEvidence(trial) >= this.needed) return 'abort';
    if (max !== undefined && ceilingEvidence(trial, max, ourPlan.steps) >= this.needed) return 'abort';
    return isHoldOver && this.mayAdvance(trial) ? 'promote' : 'wait';
  }

  private isNoWorse(): boolean {
    return this.canary.requests >= 100 && this.harm.logs.every((log) => log <= 0);
  }

  private mayAdvance(trial: Trial): boolean {
    const { max } = this.limits;
    const { canary } = trial.step;
    if (max === undefined) return this.isNoWorse();
    return (
      canary.bad < max * canary.requests && evidenceBelow(canary, max) >= this.level * dispersionOf(trial)
    );
  }
}

/** Looks each minute at the minute's share of the canary's successes, and fails after so many bad minutes. A minute without requests is a bad one. */
class Threshold implements Rule {
  private window = none;
  private looks = 0;
  private failed = 0;

  private readonly success: number;
  private readonly failures: number;

  constructor(success: number, failures: number) {
    this.success = success;
    this.failures = failures;
  }

  judge({ canary }: Look, isHoldOver: boolean): Verdict {
    this.window = sum(this.window, canary);
    if (++this.looks % (60 / lookSeconds) === 0) {
      const { requests, bad } = this.window;
      if (requests === 0 || 1 - bad / requests < this.success) this.failed++;
      this.window = none;
    }
    if (this.failed >= this.failures) return 'abort';
    return isHoldOver ? 'promote' : 'wait';
  }
}

/** Flagger with its usual metric: 99 % each minute; rolls back when the failed checks, of the whole analysis, reach 5. */
export const flagger = (): Rule => new Threshold(0.99, 5);

/** Argo Rollouts with the analysis of its documentation: 95 %, failureLimit 3, so that the fourth failure aborts; looked at each minute. */
export const argo = (): Rule => new Threshold(0.95, 4);

/** Fisher's exact test, one-sided, on all counts so far, at each look, at 5 %. */
export class Fisher implements Rule {
  private canary = none;
  private stable = none;

  judge(look: Look, isHoldOver: boolean): Verdict {
    this.canary = sum(this.canary, look.canary);
    this.stable = sum(this.stable, look.stable);
    if (look.canary.bad > 0 && fisher(this.canary, this.stable) < 0.05) return 'abort';
    return isHoldOver ? 'promote' : 'wait';
  }
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++)
    logFactorials[k] = (logFactorials[k - 1] ?? 0) + Math.log(k);
  return logFactorials[n] ?? 0;
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** How probable it is that so many of all failures, or more, fall on the canary. */
export function fisher(canary: Arm, stable: Arm): number {
  const bad = canary.bad + stable.bad;
  const requests = canary.requests + stable.requests;
  // Where the canary is not even worse, there is nothing to add up.
  if (canary.bad * requests <= bad * canary.requests) return 1;
  const whole = logChoose(requests, bad);
  let total = 0;
  for (let k = canary.bad; k <= Math.min(bad, canary.requests); k++) {
    const term = Math.exp(logChoose(canary.requests, k) + logChoose(stable.requests, bad - k) - whole);
    total += term;
    if (term < 1e-12 * total) break;
  }
  return total;
}
