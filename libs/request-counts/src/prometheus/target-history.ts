import type { Labels } from '../labels.js';
import type { RawSample, RawSeries } from './prometheus-client.js';

/** What a target is asked besides the requests: whether it answered, and when its process began. */
export const targetMetrics = ['up', 'process_start_time_seconds', 'envoy_server_uptime'] as const;

/** What is known of targets within a window. All times in seconds since the epoch. */
export class TargetHistory {
  private readonly targets = new Map<string, Target>();
  private readonly jobs = new Map<string, number>();

  /** @param coveredFrom a job that was scraped by then has a history without a gap at its beginning */
  constructor(
    series: readonly RawSeries[],
    private readonly coveredFrom: number,
  ) {
    for (const { labels, samples } of series) {
      const target = this.targetOf(labels);
      if (labels.__name__ === 'process_start_time_seconds') target.startTimes.push(samples);
      else if (labels.__name__ === 'envoy_server_uptime') target.uptimes.push(samples);
      else this.scraped(labels, target, samples);
    }
  }

  /** Whether a scrape of a series' target succeeded between two times, both exclusive. */
  succeededBetween(labels: Labels, from: number, to: number): boolean {
    // Samples and `up` of one scrape have the same time; a millisecond allows for what JSON does to it.
    return this.targetOf(labels).succeeded.some((seconds) => seconds > from + 0.001 && seconds < to - 0.001);
  }

  /**
   * Whether the process of a series' target was restarted between two scrapes. Where there is an Envoy, a start time is that of
   * another process: Istio's agent merges the metrics of the application and its own into Envoy's.
   */
  restartedBetween(labels: Labels, from: number, to: number): boolean {
    const { uptimes, startTimes } = this.targetOf(labels);
    const [samples, ...others] = uptimes.length > 0 ? uptimes : startTimes;
    if (samples === undefined || others.length > 0) return false;
    const values = within(samples, from, to).map(([, value]) => value);
    return values
      .slice(1)
      .some((value, index) =>
        uptimes.length > 0 ? value < (values[index] as number) : value !== values[index],
      );
  }

  /** Whether a series' target first came up at a time although its job was scraped before: a new process. */
  isNewAt(labels: Labels, seconds: number): boolean {
    const first = this.targetOf(labels).first;
    const job = this.jobs.get(labels.job ?? '');
    return first !== undefined && job !== undefined && job <= this.coveredFrom && first >= seconds - 0.001;
  }

  /** The newest successful scrape; undefined without one. */
  get newest(): number | undefined {
    const all = [...this.targets.values()].flatMap(({ succeeded }) => succeeded.at(-1) ?? []);
    return all.length === 0 ? undefined : Math.max(...all);
  }

  /** The median distance of two scrapes of one target; undefined with fewer than two. */
  get interval(): number | undefined {
    const gaps = [...this.targets.values()].flatMap(({ succeeded }) =>
      succeeded.slice(1).map((seconds, index) => seconds - (succeeded[index] as number)),
    );
    return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  }

  private scraped(labels: Labels, target: Target, samples: readonly RawSample[]): void {
    const first = samples[0]?.[0] ?? Number.POSITIVE_INFINITY;
    const job = labels.job ?? '';
    target.first = Math.min(first, target.first ?? first);
    target.succeeded.push(...samples.flatMap(([seconds, value]) => (value === 1 ? [seconds] : [])));
    this.jobs.set(job, Math.min(first, this.jobs.get(job) ?? first));
  }

  private targetOf({ job = '', instance = '' }: Labels): Target {
    const key = JSON.stringify([job, instance]);
    const target = this.targets.get(key) ?? { succeeded: [], startTimes: [], uptimes: [] };
    this.targets.set(key, target);
    return target;
  }
}

interface Target {
  /** When a scrape was first tried. */
  first?: number;
  succeeded: number[];
  startTimes: Array<readonly RawSample[]>;
  uptimes: Array<readonly RawSample[]>;
}

function within(samples: readonly RawSample[], from: number, to: number): readonly RawSample[] {
  return samples.filter(([seconds]) => seconds > from - 0.001 && seconds < to + 0.001);
}
