import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Problem, ProblemException } from './problem.js';

type Caller = Pick<FastifyRequest['raw'], 'headers' | 'socket'>;

/**
 * Why a request may not steer this service; undefined when it may. Only programs and pages of this very machine and address
 * are let in: no other machine, no name of the web that resolves to loopback (DNS rebinding), no page of another site.
 */
export function foreignCaller({ headers, socket }: Caller): Problem | undefined {
  if (!isLoopback(socket.remoteAddress ?? '')) {
    return { status: 403, detail: 'Only this machine may ask for this' };
  }
  const own = ownHosts(socket.localPort ?? 0);
  if (!own.has(headers.host?.toLowerCase() ?? '')) {
    return {
      status: 421,
      detail: `Ask for this at ${[...own].join(', ')}; the Host header names another address`,
    };
  }
  const { origin } = headers;
  const foreignOrigin = origin !== undefined && !own.has(origin.toLowerCase().replace(/^http:\/\//, ''));
  if (foreignOrigin || headers['sec-fetch-site'] === 'cross-site') {
    return { status: 403, detail: 'Pages of other sites may not ask for this' };
  }
  return undefined;
}

/** Lets only callers of this machine and origin reach a controller; see {@link foreignCaller}. */
@Injectable()
export class OwnOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const problem = foreignCaller(context.switchToHttp().getRequest<FastifyRequest>().raw);
    if (problem) throw new ProblemException(problem);
    return true;
  }
}

/** IPv4 addresses arrive in their mapped form where a server listens on both families. */
function isLoopback(address: string): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.');
}

function ownHosts(port: number): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
}
