import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { builtPage } from './built-page.js';
import { LocalMesh } from './local-mesh.js';
import { MeshController } from './mesh.controller.js';
import { PageController } from './page.controller.js';
import { RehearsalController } from './rehearsal.controller.js';
import { Rehearsal } from './rehearsal.js';

/** The live page at `/`, its assets, and its view of the local mesh and of the release that is rehearsed. */
@Module({
  controllers: [PageController, MeshController, RehearsalController],
  providers: [LocalMesh, Rehearsal],
})
export class LivePageModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  /** Assets are named by their content, so they may be kept for ever. */
  async onModuleInit(): Promise<void> {
    await this.host.httpAdapter.getInstance().register(fastifyStatic, {
      root: join(builtPage, 'assets'),
      prefix: '/assets/',
      index: false,
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
    });
  }
}
