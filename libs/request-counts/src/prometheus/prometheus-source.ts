import type { CountQuestion, CountSource, Json, Look, NoLook } from '@grayscale/release';
import { type CountCursor, cursorFrom, type OriginCursor, toJson } from '../cursor.js';
import { type HttpAccess, HttpFailure, shown } from '../http-access.js';
import { type Labels, seriesKey } from '../labels.js';
import { type Increment, requestsMetric, settleReporters, tally, UnknownBound } from '../tally.js';
import { PrometheusClient, PrometheusFailure, type RawSeries } from './prometheus-client.js';
import { rawGrowth } from './raw-growth.js';
import { requestSelector, targetSelector } from './selectors.js';
import { TargetHistory } from './target-history.js';

/** Where Prometheus is. */
export interface PrometheusSourceOptions extends HttpAccess {
  /** Prometheus, or what speaks its API, with a path before `/api/v1` where there is one. */
  url: URL;
  /** Milliseconds since the epoch; the system's clock unless given. */
  now?: () => number;
}

/** How far back a reading looks beyond its cursor: Prometheus' own idea of how long a sample stands for the present. */
const lookbackSeconds = 300;
/** Series that have been silent for longer no longer widen the window. */
const longestWindowSeconds = 2 * 3600;

/** The time of one look: all its queries are asked as of `at` and reach back `seconds`. */
interface Window {
  at: number;
  seconds: number;
  startedAt: number;
}

/** Counts from Prometheus' raw samples. */
export class PrometheusSource implements CountSource {
  private readonly client: PrometheusClient;
  private readonly origin: string;
  private readonly now: () => number;

  constructor(options: PrometheusSourceOptions) {
    this.client = new PrometheusClient(options.url, options);
    this.origin = shown(options.url);
    this.now = options.now ?? Date.now;
  }

  async look(question: CountQuestion, cursor: Json | undefined): Promise<Look | NoLook> {
    try {
      return await this.count(question, cursorFrom(cursor));
    } catch (error) {
      const known = [HttpFailure, PrometheusFailure, UnknownBound];
      if (!known.some((type) => error instanceof type)) throw error;
      return { kind: 'no-look', reason: (error as Error).message };
    }
  }

  private async count(question: CountQuestion, cursor: CountCursor | undefined): Promise<Look> {
    const at = this.now() / 1000;
    const startedAt = (cursor?.startedAt ?? at * 1000) / 1000;
    const known = cursor?.origins[this.origin]?.series ?? {};
    const window = { at, startedAt, seconds: windowSeconds(at, startedAt, known) };
    const found = await this.range(requestSelector(question), window);
    const targets = await this.targets(found, window);
    const counting = new Counting(known, startedAt);
    const increments = counting.increments(found, targets);
    const reporters = settleReporters(
      cursor?.reporters ?? {},
      found.map(({ labels }) => labels),
    );
    const queries = await this.queries(question, counting, window);
    if (targets.newest === undefined) throw new PrometheusFailure(`${this.origin} has scraped nothing yet`);
    const origins = { ...cursor?.origins, [this.origin]: { series: counting.points } };
    return {
      kind: 'look',
      at: targets.newest * 1000,
      interval: (targets.interval ?? 0) * 1000,
      ...tally(increments, question, reporters),
      queries,
      blind: counting.blind,
      cursor: toJson({ startedAt: startedAt * 1000, reporters, origins }),
    };
  }

  /** Counters of one's own. Those of one guard may be of different scrapes: they are counted up to the slowest. */
  private async queries(
    { queries }: CountQuestion,
    counting: Counting,
    window: Window,
  ): Promise<Look['queries']> {
    const read = await Promise.all(
      queries.map(async ({ guard, arm, bad, all }) => {
        const [badSeries, allSeries] = await Promise.all([this.range(bad, window), this.range(all, window)]);
        const targets = await this.targets([...badSeries, ...allSeries], window);
        return { guard, arm, badSeries, allSeries, targets };
      }),
    );
    return read.map(({ guard, arm, badSeries, allSeries, targets }) => {
      const newest = read.filter((other) => other.guard === guard).map((other) => other.targets.newest ?? 0);
      const until = Math.min(...newest);
      const sum = (series: readonly RawSeries[], part: string) =>
        counting.sum(upTo(series, until), targets, `${guard} ${arm} ${part}`);
      return { guard, arm, bad: sum(badSeries, 'bad'), all: sum(allSeries, 'all') };
    });
  }

  private range(selector: string, { at, seconds }: Window): Promise<RawSeries[]> {
    return this.client.range(`${selector}[${seconds}s]`, at);
  }

  private async targets(found: readonly RawSeries[], window: Window): Promise<TargetHistory> {
    const { at, seconds, startedAt } = window;
    const history = await this.range(targetSelector(found), window);
    return new TargetHistory(history, Math.max(startedAt, at - seconds + 60));
  }
}

/** What one look counts, series by series. */
class Counting {
  readonly points: OriginCursor['series'];
  readonly blind: string[] = [];

  constructor(
    private readonly known: OriginCursor['series'],
    private readonly startedAt: number,
  ) {
    this.points = { ...known };
  }

  increments(found: readonly RawSeries[], targets: TargetHistory): Increment[] {
    const counted = once(found);
    return found.map((raw) => {
      const metric = raw.labels.__name__ ?? '';
      const by = this.grow(raw, targets, '', metric === requestsMetric);
      return { labels: raw.labels, metric, by: counted.has(raw) ? by : 0 };
    });
  }

  /** @param scope keeps the points of a series apart that several queries count */
  sum(found: readonly RawSeries[], targets: TargetHistory, scope: string): number {
    return [...once(found)].reduce((sum, raw) => sum + this.grow(raw, targets, scope, true), 0);
  }

  private grow(raw: RawSeries, targets: TargetHistory, scope: string, tellBlind: boolean): number {
    const key = `${scope}${scope === '' ? '' : ' '}${seriesKey(raw.labels)}`;
    const growth = rawGrowth(raw, this.known[key], targets, this.startedAt);
    if (growth.point !== undefined) this.points[key] = growth.point;
    if (growth.isBlind && tellBlind) this.blind.push(inWords(raw.labels));
    return growth.by;
  }
}

function windowSeconds(at: number, startedAt: number, known: OriginCursor['series']): number {
  const oldest = [startedAt, ...Object.values(known).map(([seconds]) => seconds)]
    .filter((seconds) => seconds > at - longestWindowSeconds)
    .reduce((a, b) => Math.min(a, b), at);
  return Math.ceil(at - oldest) + lookbackSeconds;
}

/** The series that count: of an instance that two jobs scrape, as a ServiceMonitor beside an annotation makes them do, those of one job. */
function once(found: readonly RawSeries[]): Set<RawSeries> {
  const jobs = new Map<string, string>();
  for (const { labels } of found) {
    const { instance = '', job = '' } = labels;
    const other = jobs.get(instance);
    jobs.set(instance, other === undefined || job < other ? job : other);
  }
  return new Set(found.filter(({ labels }) => jobs.get(labels.instance ?? '') === (labels.job ?? '')));
}

function upTo(series: readonly RawSeries[], seconds: number): RawSeries[] {
  return series.map(({ labels, samples }) => ({
    labels,
    samples: samples.filter(([at]) => at <= seconds + 0.001),
  }));
}

function inWords({
  source_workload,
  destination_service,
  response_code,
  pod,
  instance,
  __name__,
}: Labels): string {
  const from = `from ${pod ?? instance ?? 'an unknown target'}`;
  if (source_workload === undefined) return `${__name__} ${from}`;
  return `${source_workload} to ${destination_service}, code ${response_code}, ${from}`;
}
