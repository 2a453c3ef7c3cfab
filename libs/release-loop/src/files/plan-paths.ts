/** What stands beside a plan's file. All of it is state of this machine, and not for version control. */
export interface PlanPaths {
  plan: string;
  /** Every decision, one JSON object a line. */
  journal: string;
  /** A folder with a file for the process that drives the plan. */
  lock: string;
  /** A folder with what other processes ask of it. */
  commands: string;
}

/** What stands beside a plan's file: journal, lock and folder of commands. */
export function planPaths(plan: string): PlanPaths {
  return { plan, journal: `${plan}.journal.jsonl`, lock: `${plan}.lock`, commands: `${plan}.commands` };
}
