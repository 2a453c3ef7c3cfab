import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** How long Linux keeps a closed connection in TIME_WAIT, and a little more. */
const timeWaitMs = 65_000;

/**
 * Listens, and waits for a port that only a closed connection still holds. The demo's ports lie in the range from which Linux takes the
 * ports of outgoing connections (32768 to 60999): after many connections one of them may be in TIME_WAIT there, and nothing can listen on it for a minute.
 */
async function listen(app: NestFastifyApplication, { PORT, HOST }: RuntimeSettings): Promise<void> {
  const deadline = performance.now() + timeWaitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await app.listen(PORT, HOST);
      return;
    } catch (error) {
      const mayPass = isTaken(error) && performance.now() < deadline && !(await isServed(PORT, HOST));
      if (!mayPass) throw new Error(listenProblem(error, HOST, PORT), { cause: error });
    }
    if (attempt === 1)
      new Logger('Start').warn(
        `a connection still holds port ${PORT}, but no program serves it; trying again for a minute`,
      );
    await sleep(500);
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}

function isServed(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
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
