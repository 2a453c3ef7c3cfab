import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { routePattern } from './route-pattern.js';

const LABELS = ['method', 'route', 'status'] as const;

/** What `/metrics` shows: the process's own figures and the requests by route pattern, method and status. */
@Injectable()
export class RequestMetrics {
  /** A registry of its own, so that two services in one process (tests) do not mix. */
  readonly registry = new Registry();

  private readonly requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route pattern, method and status.',
    labelNames: LABELS,
    registers: [this.registry],
  });

  private readonly durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer, in seconds.',
    labelNames: LABELS,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts one answered request. Label values are bounded: Node's parser knows few methods, the router few patterns. */
  observe(request: FastifyRequest, reply: FastifyReply): void {
    const labels = { method: request.method, route: routePattern(request), status: reply.statusCode };
    this.requests.inc(labels);
    this.durations.observe(labels, reply.elapsedTime / 1000);
  }
}
