import type { FastifyReply } from 'fastify';
import type { Dispatcher } from 'undici';

/** Passes status, type and body on as they come; the body stops with whichever side goes first. */
export function relay({ statusCode, headers, body }: Dispatcher.ResponseData, reply: FastifyReply): void {
  const type = headers['content-type'];
  reply.status(statusCode).type(typeof type === 'string' ? type : 'text/plain');
  reply.send(body);
}
