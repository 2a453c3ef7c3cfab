import { OwnOriginGuard } from '@grayscale/service-runtime';
import { Body, Controller, Get, Header, Param, Post, Put, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Rehearsal } from './rehearsal.js';
import { relay } from './relay.js';

/** What the live page may see and do of a release on this machine; 404 where there is no release controller. */
@Controller('rehearsal')
@UseGuards(OwnOriginGuard)
export class RehearsalController {
  constructor(private readonly rehearsal: Rehearsal) {}

  @Get('releases')
  @Header('cache-control', 'no-store')
  async releases(@Res() reply: FastifyReply): Promise<void> {
    relay(await this.rehearsal.releases(), reply);
  }

  @Post('releases/:name/commands')
  @Header('cache-control', 'no-store')
  async command(
    @Param('name') name: string,
    @Body() command: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    relay(await this.rehearsal.command(name, command), reply);
  }

  @Get('faults')
  @Header('cache-control', 'no-store')
  async faults(@Res() reply: FastifyReply): Promise<void> {
    relay(await this.rehearsal.faults(), reply);
  }

  @Put('faults')
  @Header('cache-control', 'no-store')
  async changeFaults(@Body() faults: unknown, @Res() reply: FastifyReply): Promise<void> {
    relay(await this.rehearsal.changeFaults(faults), reply);
  }
}
