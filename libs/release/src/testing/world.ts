import { Random } from '@grayscale/seeded-random';
import type { Action, Decision, Note, WebhookQuestion } from '../action.js';
import { begin } from '../begin.js';
import { decide } from '../decide/decide.js';
import type { Command } from '../event.js';
import type { ArmCounts, Look, NoLook } from '../look.js';
import type { Plan } from '../plan/plan.js';
import { planFromObject } from '../plan/read-plan.js';
import { receive } from '../receive.js';
import { generatedMatches } from '../rules/generated-rules.js';
import type { ReleaseState } from '../state.js';
import type { RuleView, TargetView, View } from '../view.js';
import type { Write } from '../write.js';

export const stableHost = 'hello.hello-1.svc.cluster.local';
export const canaryHost = 'hello.hello-2.svc.cluster.local';

export const callers = [{ namespace: 'hello-page', workload: 'hello-page' }];

/** A plan from its spec; short steps, so that a test takes few looks. */
export function planOf(spec: Record<string, unknown> = {}): Plan {
  const { plan, issues } = planFromObject({
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name: 'hello-2', namespace: 'hello-page' },
    spec: {
      targets: [target('hello-ext-svc')],
      callers,
      steps: [10, 50, 100].map((percent) => ({ percent, hold: '60s' })),
      ...spec,
    },
  });
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}

export function target(virtualService: string): Record<string, string> {
  return { virtualService, stable: stableHost, canary: canaryHost };
}

export function splitRule(stable: number, canary: number, name?: string): RuleView {
  return {
    ...(name === undefined ? {} : { name }),
    index: 0,
    matches: [],
    destinations: [
      { host: stableHost, port: 8080, weight: stable },
      { host: canaryHost, port: 8080, weight: canary },
    ],
  };
}

/** How the two arms answer. */
export interface Behaviour {
  /** Requests a second of the whole rule. */
  rate: number;
  stable: number;
  canary: number;
  /** The share of its requests that the canary never answers and the caller gives up. */
  hangs?: number;
  /** The share of its requests that are in no counter at all. */
  swallowed?: number;
  /** The share that the mesh really sends; absent: what is written. */
  share?: number;
  /** Requests fall on the arms exactly as the share says, not by chance. */
  exactly?: boolean;
}

/** A mesh and a driver in memory: rules that writes change, requests that they split, and looks at both. Time passes only from look to look. */
export class World {
  rules: RuleView[][];
  behaviour: Behaviour = { rate: 100, stable: 0, canary: 0 };
  now = 1_000_000;
  writes: Write[] = [];
  notes: Note[] = [];
  asked: WebhookQuestion[] = [];
  last: Decision | undefined;
  state: ReleaseState;
  unread: string | undefined;
  refuse: (write: Write) => string | undefined = () => undefined;
  webhook: (guard: string) => boolean = () => true;
  noLook: NoLook | undefined;
  identities: { stable?: string; canary?: string } = {};
  endpoints: number | undefined;
  otherWay: string | undefined;
  private readonly random: Random;

  constructor(
    public plan: Plan,
    rules: RuleView[][] = plan.targets.map(() => [splitRule(100, 0)]),
    seed = 7,
  ) {
    this.rules = rules;
    this.random = new Random(seed);
    const begun = begin(plan, this.view(), this.now);
    if (begun.kind === 'refused') throw new Error(begun.messages.join('\n'));
    this.state = begun.state;
    this.notes.push(...begun.notes);
  }

  view(): View {
    return { targets: this.rules.map((rules) => this.targetView(rules)) };
  }

  private targetView(rules: RuleView[]): TargetView {
    if (this.unread !== undefined) return { kind: 'unread', reason: this.unread };
    const arm = (identity: string | undefined) => (identity === undefined ? {} : { identity });
    return {
      kind: 'read',
      rules,
      stable: arm(this.identities.stable),
      canary: {
        ...arm(this.identities.canary),
        ...(this.endpoints === undefined ? {} : { readyEndpoints: this.endpoints }),
      },
      ...(this.otherWay === undefined ? {} : { otherWay: this.otherWay }),
    };
  }

  /** The canary's share that is written, in percent. */
  get share(): number {
    const { destinations } = this.split(0);
    const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
    return (100 * (destinations.find(({ host }) => host === canaryHost)?.weight ?? 0)) / total;
  }

  split(index: number): RuleView {
    const rule = this.rules[index]?.find(({ name }) => name?.startsWith('grayscale-') !== true);
    if (rule === undefined) throw new Error('no split');
    return rule;
  }

  /** Lets some time pass, then looks and decides until nothing is left to do at once. */
  look(seconds = 5): Action {
    this.now += seconds * 1000;
    this.settle(this.noLook ?? this.count(seconds));
    return this.action;
  }

  get action(): Action {
    if (this.last === undefined) throw new Error('nothing was decided');
    return this.last.action;
  }

  /** Looks until the run is over or a condition holds; how often it looked. */
  run(until: () => boolean = () => false, most = 2000): number {
    for (let looks = 0; looks < most; looks++) {
      if (until() || this.last?.action.kind === 'finish') return looks;
      this.look();
    }
    return most;
  }

  command(command: Command): string | undefined {
    const received = receive(this.plan, this.state, command, this.now);
    if (received.kind === 'rejected') return received.message;
    this.keep(received.state, received.notes);
    this.settle(undefined);
    return undefined;
  }

  /** Decides as a driver does, through JSON as over a restart. */
  settle(counts: Look | NoLook | undefined): void {
    let looked = counts;
    for (let turn = 0; turn < 50; turn++) {
      this.last = decide(this.plan, this.state, this.view(), looked, this.now);
      this.keep(this.last.state, this.last.notes);
      looked = undefined;
      if (!this.carryOut(this.last.action)) return;
    }
    throw new Error('no end of writes');
  }

  private carryOut(action: Action): boolean {
    if (action.kind === 'write') {
      this.write(action.write);
      return true;
    }
    if (action.kind !== 'ask') return false;
    this.asked.push(action.question);
    const ok = this.webhook(action.question.guard);
    this.event({ kind: 'webhook-answer', key: action.question.key, ok, message: ok ? '200' : '503' });
    return true;
  }

  private write(write: Write): void {
    const message = this.refuse(write);
    if (message === undefined) this.apply(write);
    else this.event({ kind: 'write-refused', seq: write.seq, message });
  }

  private event(event: Parameters<typeof receive>[2]): void {
    const received = receive(this.plan, this.state, event, this.now);
    if (received.kind === 'received') this.keep(received.state, received.notes);
  }

  apply(write: Write): void {
    this.writes.push(write);
    const split = this.split(write.target);
    const generated = write.after.generated.map(
      (rule): RuleView => ({
        name: rule.name,
        index: 0,
        matches: generatedMatches(rule, split),
        destinations: [{ host: rule.to === 'stable' ? stableHost : canaryHost, port: 8080, weight: 100 }],
        ...(rule.setCookie === undefined ? {} : { setCookie: rule.setCookie }),
      }),
    );
    const destinations = split.destinations.map((destination) => ({
      ...destination,
      weight: write.after.weights.find(({ host }) => host === destination.host)?.weight ?? 0,
    }));
    this.rules[write.target] = [...generated, { ...split, destinations }].map((rule, index) => ({
      ...rule,
      index,
    }));
  }

  private keep(state: ReleaseState, notes: Note[]): void {
    this.state = JSON.parse(JSON.stringify(state)) as ReleaseState;
    this.notes.push(...notes);
  }

  count(seconds: number): Look {
    const { rate, stable, canary, hangs = 0, swallowed = 0, share = this.share, exactly } = this.behaviour;
    const all = Math.round(rate * seconds);
    const sent = exactly === true ? Math.round((all * share) / 100) : this.random.binomial(all, share / 100);
    const toCanary = sent - this.random.binomial(sent, swallowed);
    const gaveUp = this.random.binomial(toCanary, hangs);
    const counts = [
      this.arm(stableHost, all - sent, stable, 0),
      this.arm(canaryHost, toCanary, canary, gaveUp),
    ];
    return {
      kind: 'look',
      at: this.now,
      interval: 5000,
      cursor: { at: this.now },
      counts,
      queries: [],
      blind: [],
      bypassed: 0,
    };
  }

  private arm(arm: string, requests: number, rate: number, gaveUp: number): ArmCounts {
    const [caller = { namespace: '', workload: '' }] = callers;
    return { caller, arm, requests, failed: this.random.binomial(requests - gaveUp, rate), gaveUp, over: {} };
  }
}
