import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GreetingService } from './greeting.service.js';
import { checkUserName } from './user-name.js';

/** What a browser asks. */
@Controller()
export class GreetingController {
  constructor(private readonly greetings: GreetingService) {}

  /** The greeting, byte for byte. Header propagation sends `name` on as the header `user`. */
  @Get('page')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  page(@Req() request: FastifyRequest): Promise<Buffer | string> {
    checkUserName(request.url);
    return this.greetings.greet();
  }
}
