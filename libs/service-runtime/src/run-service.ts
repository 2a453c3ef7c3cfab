import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from './create-service.js';
import type { ApplicationModule } from './runtime.module.js';
import type { RuntimeSettings } from './runtime-settings.js';
import type { ServiceOptions } from './service-options.js';
import { SettingsError } from './settings.js';
import { exitOnSignals } from './shutdown.js';

/**
 * Starts a service: reads settings, builds the application, listens, and stops in order on a signal.
 * What keeps it from starting is said in one line for each cause, and the process ends with 1.
 * @param application may be on its way, where it needs something from outside; its failure is told like the others
 */
export async function runService(
  application: ApplicationModule | Promise<ApplicationModule>,
  options: ServiceOptions,
): Promise<void> {
  try {
    const { app, settings } = await createService(await application, options);
    exitOnSignals(app, settings);
    await listen(app, settings);
    new Logger('Start').log(`listens on ${urlOf(app)}`);
  } catch (error) {
    for (const line of startProblems(error)) process.stderr.write(`${options.name}: ${line}\n`);
    process.exit(1);
  }
}

async function listen(app: NestFastifyApplication, { PORT, HOST }: RuntimeSettings): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    throw new Error(listenProblem(error, HOST, PORT), { cause: error });
  }
}

/** The address as it is: `getUrl` says 127.0.0.1 where every address of the machine leads here. */
function urlOf(app: NestFastifyApplication): string {
  const { address, family, port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  return ['0.0.0.0', '::'].includes(address) ? `${url} (every address of this machine)` : url;
}

function listenProblem(error: unknown, host: string, port: number): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `port ${port} is taken by another program; stop that one, or choose another port with PORT`;
    case 'EACCES':
      return `port ${port} needs more rights than this user has; choose one above 1023 with PORT`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine; HOST must be one (0.0.0.0 for all of them)`;
    default:
      return `cannot listen on ${host}:${port}: ${(error as Error).message}`;
  }
}

function startProblems(error: unknown): readonly string[] {
  if (error instanceof SettingsError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}
