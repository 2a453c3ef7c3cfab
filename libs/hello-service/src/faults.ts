import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { RANDOM } from './hello.constants.js';
import { type HelloSettings, maximumLatencyMs } from './settings.js';

/** What goes wrong on purpose. */
export interface FaultValues {
  /** How many requests in a hundred answer 500: 0 to 100, fractions allowed. */
  readonly errorRate: number;
  /** Added to every answer, in milliseconds. */
  readonly latencyMs: number;
  /** Requests are taken and never answered. */
  readonly silent: boolean;
}

/** The faults in force: those of the settings, until they are changed at run time. */
@Injectable()
export class Faults {
  current: FaultValues;

  constructor(
    config: ConfigService<HelloSettings, true>,
    @Inject(RANDOM) private readonly random: () => number,
  ) {
    this.current = {
      errorRate: config.get('ERROR_RATE', { infer: true }),
      latencyMs: config.get('LATENCY_MS', { infer: true }),
      silent: false,
    };
  }

  /** Whether the next request is one of those that fail. */
  drawsFailure(): boolean {
    return this.random() < this.current.errorRate / 100;
  }
}

const fields: Readonly<Record<keyof FaultValues, { expected: string; holds: (value: unknown) => boolean }>> =
  {
    errorRate: {
      expected: 'a number from 0 to 100, the percentage of requests that fail',
      holds: (value) => typeof value === 'number' && value >= 0 && value <= 100,
    },
    latencyMs: {
      expected: `a whole number from 0 to ${maximumLatencyMs}, in milliseconds`,
      holds: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maximumLatencyMs,
    },
    silent: { expected: 'true or false', holds: (value) => typeof value === 'boolean' },
  };

/** Faults from a request's JSON, or a sentence for each field that cannot be used. */
export type ReadFaults = { values: FaultValues } | { problems: readonly string[] };

/** Reads a request's JSON; a field that is left out keeps its present value. */
export function readFaults(body: unknown, present: FaultValues): ReadFaults {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { problems: ['Send a JSON object such as {"errorRate": 20}'] };
  }
  const problems = Object.entries(body).flatMap(([name, value]) => {
    if (!Object.hasOwn(fields, name)) return [`${name} is unknown; use ${Object.keys(fields).join(', ')}`];
    const { expected, holds } = fields[name as keyof FaultValues];
    return holds(value) ? [] : [`${name} must be ${expected}`];
  });
  return problems.length > 0 ? { problems } : { values: { ...present, ...body } };
}
