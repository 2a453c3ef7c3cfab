import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { routePattern } from './route-pattern.js';
import type { RuntimeSettings } from './runtime-settings.js';

/** Asked every few seconds for ever; their lines would bury the others. */
const SILENT_ROUTES = new Set(['/livez', '/readyz', '/healthz', '/metrics']);

/** What an identifier from outside may look like to be worth a place in the log. */
const IDENTIFIER = /^[\x21-\x7e]{1,200}$/;

/** Writes one line for an answered request: route pattern, status, time and trace identifiers, no user data. */
export class RequestLog {
  private readonly logger = new Logger('Request');

  constructor(private readonly settings: Pick<RuntimeSettings, 'REQUEST_LOG' | 'LOG_FORMAT'>) {}

  /** Logs one answered request, or not, as `REQUEST_LOG` says. */
  write(request: FastifyRequest, reply: FastifyReply): void {
    if (!this.isWanted(request, reply)) return;
    const { method } = request;
    const route = routePattern(request);
    const status = reply.statusCode;
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    const message = `${method} ${route} ${status} ${durationMs} ms`;
    const trace = traceIdentifiers(request);
    if (this.settings.LOG_FORMAT === 'json') {
      this.logger.log(message, { method, route, status, durationMs, ...trace });
    } else {
      this.logger.log([message, ...Object.values(trace)].join(' '));
    }
  }

  private isWanted(request: FastifyRequest, reply: FastifyReply): boolean {
    if (reply.statusCode >= 500) return this.settings.REQUEST_LOG !== 'none';
    return this.settings.REQUEST_LOG === 'all' && !SILENT_ROUTES.has(routePattern(request));
  }
}

function traceIdentifiers({ headers }: FastifyRequest): { requestId?: string; traceparent?: string } {
  const requestId = identifier(headers['x-request-id']);
  const traceparent = identifier(headers.traceparent);
  return { ...(requestId && { requestId }), ...(traceparent && { traceparent }) };
}

function identifier(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && IDENTIFIER.test(value) ? value : undefined;
}
