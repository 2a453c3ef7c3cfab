import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { builtPage } from './built-page.js';
import { preferredLanguage, prefersHtml } from './negotiation.js';
import { usageLanguages, usageText } from './usage.js';

/** Scripts and styles from here and nowhere else, nothing inline, no string ever made into a script or into HTML. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** `GET /`: the live page for browsers, how to use it for everyone else. */
@Controller()
export class PageController {
  @Get()
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): FastifyReply {
    reply.header('vary', 'accept, accept-language, accept-encoding').header('cache-control', 'no-cache');
    if (!prefersHtml(request.headers)) return this.explain(request, reply);
    return reply
      .header('content-security-policy', contentSecurityPolicy)
      .sendFile('index.html', builtPage, { cacheControl: false });
  }

  private explain(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const text = usageText(request.host, preferredLanguage(request.headers, usageLanguages));
    return reply.type('text/plain; charset=utf-8').send(text);
  }
}
