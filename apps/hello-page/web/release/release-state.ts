import { asObject, type JsonObject, numberAt, objectAt, objectsAt, textAt } from '../mesh/json.js';

/** One release that the controller knows. Shares are in percent, times in milliseconds. */
export interface Release {
  name: string;
  plan: string;
  /** Empty before the first run. */
  phase: string;
  run: number;
  /** What it waits for, or why it stands still or went back. */
  because?: { reason: string; message: string };
  steps: ReleaseStep[];
  wanted?: number;
  written?: number;
  observed?: ObservedShare;
  guards: GuardEvidence[];
  /** Oldest first. */
  series: ObservedShare[];
  events: ReleaseEvent[];
  /** What may be asked of it now. */
  commands: CommandName[];
  /** Why it cannot start. */
  problems: string[];
  stable: string;
  canary: string;
}

export const stepStates = ['done', 'current', 'left', 'ahead'] as const;
export type StepState = (typeof stepStates)[number];

export interface ReleaseStep {
  percent: number;
  pause: boolean;
  /** `left`: the release went back from here. */
  state: StepState;
  held: number;
  hold: number;
  requests: number;
  requestsNeeded: number;
}

export interface ObservedShare {
  at: number;
  wanted: number;
  requests: number;
  /** Undefined without requests. */
  share?: number;
  low?: number;
  high?: number;
}

export interface GuardEvidence {
  guard: string;
  kind: string;
  outcome: string;
  /** The ratio, or the ceiling in percent. */
  limit?: number;
  /** E, and the E at which the release is aborted. */
  evidence: number;
  needed: number;
  canary: { requests: number; bad: number };
  stable: { requests: number; bad: number };
  message: string;
}

export interface ReleaseEvent {
  /** RFC 3339. */
  time: string;
  event: string;
  message: string;
}

export const commandNames = [
  'start',
  'pause',
  'resume',
  'promote',
  'promote-full',
  'abort',
  'take-out',
  'undo',
  'retry',
] as const;
export type CommandName = (typeof commandNames)[number];

/** What is wrong with hello-2 on purpose. */
export interface Faults {
  errorRate: number;
  latencyMs: number;
  silent: boolean;
}

/** Reads what the controller says; what it leaves out is shown as missing. */
export function parseReleases(body: JsonObject): Release[] {
  return objectsAt(body, 'releases').map(parseRelease);
}

function parseRelease(release: JsonObject): Release {
  const report = objectAt(release, 'report');
  const because = asObject(report.because);
  const [target] = objectsAt(report, 'targets');
  const [observed] = objectsAt(report, 'observed');
  const wanted = numberAt(report, 'wanted');
  const written = target && numberAt(target, 'written');
  const known: ReadonlySet<string> = new Set(textsAt(release, 'commands'));
  return {
    name: textAt(release, 'name'),
    plan: textAt(release, 'plan'),
    phase: textAt(report, 'phase'),
    run: numberAt(report, 'run') ?? 0,
    ...(because && { because: { reason: textAt(because, 'reason'), message: textAt(because, 'message') } }),
    steps: objectsAt(release.report ? report : release, 'steps').map(parseStep),
    ...(wanted !== undefined && { wanted }),
    ...(written !== undefined && { written }),
    ...(observed && wanted !== undefined && { observed: { ...parseShare(observed), wanted } }),
    guards: objectsAt(report, 'guards').map(parseGuard),
    series: objectsAt(release, 'series').map(parseShare),
    events: objectsAt(release, 'events').map((event) => ({
      time: textAt(event, 'time'),
      event: textAt(event, 'event'),
      message: textAt(event, 'message'),
    })),
    commands: commandNames.filter((name) => known.has(name)),
    problems: textsAt(release, 'problems'),
    stable: textAt(target ?? {}, 'stable'),
    canary: textAt(target ?? {}, 'canary'),
  };
}

function parseStep(step: JsonObject): ReleaseStep {
  const state = textAt(step, 'state');
  return {
    percent: numberAt(step, 'percent') ?? 0,
    pause: step.pause === true,
    state: stepStates.find((known) => known === state) ?? 'ahead',
    held: numberAt(step, 'held') ?? 0,
    hold: numberAt(step, 'hold') ?? 0,
    requests: numberAt(step, 'requests') ?? 0,
    requestsNeeded: numberAt(step, 'requestsNeeded') ?? 0,
  };
}

function parseShare(share: JsonObject): ObservedShare {
  const [seen, low, high] = ['share', 'low', 'high'].map((name) => numberAt(share, name));
  return {
    at: numberAt(share, 'at') ?? 0,
    wanted: numberAt(share, 'wanted') ?? 0,
    requests: numberAt(share, 'requests') ?? 0,
    ...(seen !== undefined && { share: seen }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  };
}

function parseGuard(guard: JsonObject): GuardEvidence {
  const limit = numberAt(guard, 'limit');
  return {
    guard: textAt(guard, 'guard'),
    kind: textAt(guard, 'kind'),
    outcome: textAt(guard, 'outcome'),
    ...(limit !== undefined && { limit }),
    evidence: numberAt(guard, 'evidence') ?? 0,
    needed: numberAt(guard, 'needed') ?? 0,
    canary: parseTally(objectAt(guard, 'canary')),
    stable: parseTally(objectAt(guard, 'stable')),
    message: textAt(guard, 'message'),
  };
}

function parseTally(tally: JsonObject): { requests: number; bad: number } {
  return { requests: numberAt(tally, 'requests') ?? 0, bad: numberAt(tally, 'bad') ?? 0 };
}

function textsAt(parent: JsonObject, name: string): string[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
}

export function parseFaults(body: JsonObject): Faults {
  return {
    errorRate: numberAt(body, 'errorRate') ?? 0,
    latencyMs: numberAt(body, 'latencyMs') ?? 0,
    silent: body.silent === true,
  };
}
