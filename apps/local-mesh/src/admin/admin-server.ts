import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminModule, type AdminSubjects } from './admin.module.js';
import { refusal } from './own-host.js';

/** The admin side, listening. */
export interface AdminServer {
  port: number;
  close(): Promise<void>;
}

/** Starts the admin side on loopback. @throws what `listen` throws, for instance EADDRINUSE */
export async function startAdmin(subjects: AdminSubjects, port: number): Promise<AdminServer> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true, requestTimeout: 10_000 });
  const app = await NestFactory.create<NestFastifyApplication>(AdminModule.forMesh(subjects), adapter, {
    logger: false,
    abortOnError: false,
  });
  adapter.getInstance().addHook('onRequest', async (request, reply) => {
    const refused = refusal(request.raw);
    if (refused === undefined) return;
    if (refused.status === 405) reply.header('allow', 'GET, HEAD');
    await reply.code(refused.status).type('text/plain').send(`${refused.message}\n`);
  });
  try {
    await app.listen(port, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  const { port: bound } = app.getHttpServer().address() as AddressInfo;
  return { port: bound, close: () => app.close() };
}
