import { Lifecycle } from '@grayscale/service-runtime';
import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LocalMesh } from './local-mesh.js';
import { relay } from './relay.js';

/** What the live page may know of the local mesh, from its own origin; 404 where there is no local mesh. */
@Controller('mesh')
export class MeshController {
  constructor(
    private readonly mesh: LocalMesh,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('rules')
  @Header('cache-control', 'no-store')
  async rules(@Res() reply: FastifyReply): Promise<void> {
    relay(await this.mesh.rules(), reply);
  }

  @Get('explain')
  @Header('cache-control', 'no-store')
  async explain(@Query('name') name: unknown, @Res() reply: FastifyReply): Promise<void> {
    relay(await this.mesh.explain(typeof name === 'string' ? name : ''), reply);
  }

  @Get('events')
  @Header('cache-control', 'no-store')
  async events(@Res() reply: FastifyReply): Promise<void> {
    relay(await this.mesh.events(this.lifecycle.draining), reply);
  }
}
