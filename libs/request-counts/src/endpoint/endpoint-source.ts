import type { CountQuestion, CountSource, Json, Look, NoLook } from '@grayscale/release';
import { type CountCursor, cursorFrom, type OriginCursor, toJson } from '../cursor.js';
import { MalformedExposition, parseExposition } from '../exposition.js';
import { ask, type HttpAccess, HttpFailure, shown } from '../http-access.js';
import { type Increment, settleReporters, tally, UnknownBound } from '../tally.js';
import { grown } from './growth.js';
import { type Scrape, scrapedMetrics, scrapeOf } from './scrape.js';

/** Where the metrics endpoints are, and how often they are asked. */
export interface EndpointSourceOptions extends HttpAccess {
  /** Metrics endpoints, each of one process: the local mesh's or a sidecar's `/stats/prometheus`. */
  urls: readonly URL[];
  /** How often a look will be asked for, in milliseconds. */
  interval: number;
  /** Milliseconds since the epoch; unless given, a clock that goes on evenly when the system's is set, so that each scrape is later than the last. */
  now?: () => number;
}

interface Answer {
  origin: string;
  scrape: Scrape;
}

/** Counts from metrics endpoints, read directly: each look is one scrape of each. */
export class EndpointSource implements CountSource {
  private readonly now: () => number;

  constructor(private readonly options: EndpointSourceOptions) {
    this.now = options.now ?? (() => performance.timeOrigin + performance.now());
  }

  /** What an endpoint gave stays counted when it vanishes; there is no look only when none of them answers. */
  async look(question: CountQuestion, cursor: Json | undefined): Promise<Look | NoLook> {
    if (question.queries.length > 0) return { kind: 'no-look', reason: queriesNeedPrometheus(question) };
    const results = await Promise.all(this.options.urls.map((url) => this.scrape(url, question)));
    const answers = results.filter((result) => typeof result !== 'string');
    const silent = results.filter((result) => typeof result === 'string');
    if (answers.length === 0) return { kind: 'no-look', reason: silent.join('; ') };
    try {
      return this.count(answers, silent, question, cursorFrom(cursor));
    } catch (error) {
      if (error instanceof UnknownBound) return { kind: 'no-look', reason: error.message };
      throw error;
    }
  }

  private count(
    answers: Answer[],
    silent: string[],
    question: CountQuestion,
    cursor: CountCursor | undefined,
  ): Look {
    const at = Math.max(...answers.map(({ scrape }) => scrape.at));
    const startedAt = cursor?.startedAt ?? at;
    const series = answers.flatMap(({ scrape }) => scrape.samples.map(({ labels }) => labels));
    const reporters = settleReporters(cursor?.reporters ?? {}, series);
    const increments: Increment[] = [];
    const blind = silent.map((reason) => `${reason}; what it counts is missing`);
    const origins: Record<string, OriginCursor> = { ...cursor?.origins };
    for (const { origin, scrape } of answers) {
      const growth = grown(scrape, origins[origin], cursor?.startedAt);
      increments.push(...growth.increments);
      if (growth.isBlind) blind.push(`${origin} had counted before it was first asked`);
      origins[origin] = growth.cursor;
    }
    return {
      kind: 'look',
      at,
      interval: this.options.interval,
      ...tally(increments, question, reporters),
      queries: [],
      blind,
      cursor: toJson({ startedAt, reporters, origins }),
    };
  }

  /** @returns why not, when there is no usable answer */
  private async scrape(url: URL, question: CountQuestion): Promise<Answer | string> {
    try {
      const text = await ask({ url }, this.options);
      const scrape = scrapeOf(parseExposition(text, scrapedMetrics), question, this.now());
      return { origin: shown(url), scrape };
    } catch (error) {
      if (error instanceof HttpFailure) return error.message;
      if (error instanceof MalformedExposition)
        return `${shown(url)} is not a metrics endpoint: ${error.message}`;
      throw error;
    }
  }
}

function queriesNeedPrometheus({ queries }: CountQuestion): string {
  return `the guard ${queries[0]?.guard} asks PromQL, which a metrics endpoint does not answer; name a Prometheus`;
}
