import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EventFeed } from '../telemetry/event-feed.js';

/** The stream of decisions and rule changes, as server-sent events. */
@Controller('events')
export class EventsController {
  constructor(private readonly feed: EventFeed) {}

  @Get()
  stream(@Res() reply: FastifyReply): void {
    const { raw } = reply;
    raw.setHeader('content-type', 'text/event-stream');
    raw.setHeader('cache-control', 'no-store');
    if (!this.feed.add(raw))
      throw new ServiceUnavailableException('Too many readers of /events; close some.');
    reply.hijack();
  }
}
