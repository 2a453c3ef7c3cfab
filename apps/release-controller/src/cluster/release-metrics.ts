import {
  type GuardReport,
  phases,
  type ReleaseState,
  reportOf,
  type Target,
  targetObject,
  testOf,
} from '@grayscale/release';
import { RequestMetrics } from '@grayscale/service-runtime';
import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ReleaseDrivers } from './release-drivers.js';

/** What `/metrics` tells of the releases that this controller carries out: of each one, the leader alone. */
@Injectable()
export class ReleaseMetrics {
  private readonly weight: Gauge<'release' | 'target' | 'arm'>;
  private readonly evidence: Gauge<'release' | 'guard' | 'test'>;
  private readonly evidenceNeeded: Gauge<'release' | 'guard' | 'test'>;
  private readonly phase: Gauge<'release' | 'phase'>;
  private readonly leader: Gauge;

  constructor(
    { registry }: RequestMetrics,
    private readonly drivers: ReleaseDrivers,
  ) {
    const registers = [registry];
    this.weight = new Gauge({
      name: 'grayscale_release_weight',
      help: 'Weights that were written last, by target and arm.',
      labelNames: ['release', 'target', 'arm'],
      registers,
      collect: () => this.collect(),
    });
    const labelNames = ['release', 'guard', 'test'] as const;
    this.evidence = new Gauge({
      name: 'grayscale_release_evidence',
      help: 'Evidence against the canary (E), by guard; the release is aborted where it reaches what is needed.',
      labelNames,
      registers,
    });
    this.evidenceNeeded = new Gauge({
      name: 'grayscale_release_evidence_needed',
      help: 'Evidence at which a guard aborts the release.',
      labelNames,
      registers,
    });
    this.phase = new Gauge({
      name: 'grayscale_release_phase',
      help: '1 for the phase that a release is in, 0 for the others.',
      labelNames: ['release', 'phase'],
      registers,
    });
    this.leader = new Gauge({
      name: 'grayscale_release_controller_leader',
      help: '1 while this controller carries releases out.',
      registers,
    });
  }

  /** All of them anew: a release that is gone leaves nothing behind. */
  private collect(): void {
    for (const gauge of [this.weight, this.evidence, this.evidenceNeeded, this.phase]) gauge.reset();
    this.leader.set(this.drivers.isLeading ? 1 : 0);
    for (const { current } of this.drivers.all) {
      if (current === undefined) continue;
      const { plan, state } = current;
      const release = `${plan.namespace}/${plan.name}`;
      this.collectWeights(
        release,
        state,
        plan.targets.map((target) => targetLabel(target)),
      );
      for (const phase of phases) this.phase.set({ release, phase }, state.phase === phase ? 1 : 0);
      this.collectEvidence(release, reportOf(plan, state).guards);
    }
  }

  /** Of several pairs of arms the one that is nearest to an abort. */
  private collectEvidence(release: string, guards: readonly GuardReport[]): void {
    const nearest = new Map<string, GuardReport>();
    for (const report of guards) {
      const key = `${report.guard} ${testOf(report)}`;
      const other = nearest.get(key);
      if (other === undefined || other.evidence < report.evidence) nearest.set(key, report);
    }
    for (const report of nearest.values()) {
      const labels = { release, guard: report.guard, test: testOf(report) };
      this.evidence.set(labels, report.evidence);
      this.evidenceNeeded.set(labels, report.needed);
    }
  }

  private collectWeights(release: string, { targets }: ReleaseState, names: readonly string[]): void {
    targets.forEach(({ written, stable, canary }, index) => {
      for (const [arm, { host, subset, port }] of Object.entries({ stable, canary })) {
        const found = written.weights.find(
          (each) => each.host === host && each.subset === subset && each.port === port,
        );
        this.weight.set({ release, target: names[index] ?? '', arm }, found?.weight ?? 0);
      }
    });
  }
}

/** `NAMESPACE/NAME[:RULE]`, with the kind before it where that is another one than VirtualService. */
function targetLabel(target: Target): string {
  const { kind, namespace, name } = targetObject(target);
  const rule = target.rule === undefined ? '' : `:${target.rule}`;
  return `${kind === 'VirtualService' ? '' : `${kind} `}${namespace}/${name}${rule}`;
}
