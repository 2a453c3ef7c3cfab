import { STATUS_CODES } from 'node:http';
import { types } from 'node:util';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRoutes } from './known-routes.js';
import { type Problem, ProblemException, renderProblem } from './problem.js';

/** Turns every error of a request into a short answer. What is not the client's business stays in the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  constructor(private readonly routes: KnownRoutes) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    if (request.is404) {
      this.refuseUnknownRoute(request, reply);
    } else if (hasOwnBody(error)) {
      reply.status(error.getStatus()).send(error.getResponse());
    } else {
      sendProblem(request, reply, this.problemOf(error));
    }
  }

  private refuseUnknownRoute(request: FastifyRequest, reply: FastifyReply): void {
    const methods = this.routes.methodsOf(request.url);
    if (methods.length === 0) {
      sendProblem(request, reply, { status: 404, detail: 'Not Found' });
      return;
    }
    const allow = methods.join(', ');
    reply.header('allow', allow);
    sendProblem(request, reply, { status: 405, detail: `Method Not Allowed, use ${allow}` });
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof ProblemException) return error.problem;
    const status = statusOf(error);
    if (status < 500 && types.isNativeError(error)) return { status, detail: error.message };
    this.logger.error(error);
    return { status, detail: STATUS_CODES[status] ?? 'Internal Server Error' };
  }
}

/** Writes a problem in the form that the client asked for. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const { contentType, body } = renderProblem(problem, request.headers.accept);
  reply.status(problem.status).header('cache-control', 'no-store').type(contentType).send(body);
}

/** Nest's contract: an exception that was given an object of its own answers with that object (Terminus does). */
function hasOwnBody(error: unknown): error is HttpException {
  if (!(error instanceof HttpException) || error instanceof ProblemException) return false;
  const body = error.getResponse();
  return typeof body === 'object' && !('statusCode' in body);
}

/** Nest's exceptions and Fastify's own errors (body too large, unknown content type) carry their status. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = types.isNativeError(error) && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}
