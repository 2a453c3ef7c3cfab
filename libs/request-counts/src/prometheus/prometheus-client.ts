import { ask, type HttpAccess, HttpFailure, shown } from '../http-access.js';
import type { Labels } from '../labels.js';

/** One series of an answer with its raw samples, oldest first. */
export interface RawSeries {
  labels: Labels;
  samples: RawSample[];
}

export type RawSample = readonly [seconds: number, value: number];

/** Prometheus refused a query, or answered it in part. */
export class PrometheusFailure extends Error {
  override readonly name = 'PrometheusFailure';
}

interface Answer {
  status?: string;
  errorType?: string;
  error?: string;
  warnings?: string[];
  data?: { resultType?: string; result?: Array<{ metric: Labels; values?: Array<[number, string]> }> };
}

/** Prometheus' HTTP API, as far as raw samples need it. */
export class PrometheusClient {
  constructor(
    readonly base: URL,
    private readonly access: HttpAccess,
  ) {}

  /**
   * The raw samples of a range selector such as `up[5m]`, up to a time.
   * @param at seconds since the epoch
   * @throws HttpFailure or PrometheusFailure; a warning counts as a failure, for it means that a part is missing
   */
  async range(selector: string, at: number): Promise<RawSeries[]> {
    const form = new URLSearchParams({ query: selector, time: at.toFixed(3) });
    const text = await ask(
      { url: this.url('api/v1/query'), form, alsoAccepted: [400, 422, 503] },
      this.access,
    );
    const { result = [], resultType } = this.sound(text).data ?? {};
    if (resultType !== 'matrix') throw this.failure(`answers ${resultType ?? 'nothing'} instead of samples`);
    return result.map(({ metric, values = [] }) => ({
      labels: metric,
      samples: values.map(([seconds, value]) => [seconds, Number(value)] as const),
    }));
  }

  private sound(text: string): Answer {
    const answer = this.parsed(text);
    if (answer.status !== 'success') {
      throw this.failure(
        `refuses the query: ${answer.errorType ?? 'unknown'}: ${answer.error ?? text.slice(0, 200)}`,
      );
    }
    const { warnings = [] } = answer;
    if (warnings.length > 0) throw this.failure(`answers in part only: ${warnings.join('; ')}`);
    return answer;
  }

  private parsed(text: string): Answer {
    try {
      const answer: unknown = JSON.parse(text);
      if (typeof answer === 'object' && answer !== null) return answer;
    } catch {
      // Told below.
    }
    throw new HttpFailure(`${shown(this.base)} is not Prometheus' API: it answers ${text.slice(0, 60)}`);
  }

  private url(path: string): URL {
    const url = new URL(this.base);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    return url;
  }

  private failure(what: string): PrometheusFailure {
    return new PrometheusFailure(`${shown(this.base)} ${what}`);
  }
}
