import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle } from './lifecycle.js';
import type { RuntimeSettings } from './runtime-settings.js';

/** The settings that shape the end of a service. */
export type ShutdownSettings = Pick<RuntimeSettings, 'SHUTDOWN_DELAY_MS' | 'SHUTDOWN_GRACE_MS'>;

/** What the shell reports for a process that a signal ended. */
const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ends the process in order on the first SIGTERM or SIGINT, and at once on the second. */
export function exitOnSignals(app: NestFastifyApplication, settings: ShutdownSettings): void {
  let stopping = false;
  const stop = async (signal: 'SIGTERM' | 'SIGINT') => {
    if (stopping) process.exit(SIGNAL_EXIT_CODES[signal]);
    stopping = true;
    // A balancer that sends SIGTERM needs a moment to look away; a person at a terminal does not.
    const delayMs = signal === 'SIGTERM' ? settings.SHUTDOWN_DELAY_MS : 0;
    await shutDown(app, { ...settings, SHUTDOWN_DELAY_MS: delayMs });
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/**
 * Not ready; a delay in which requests are still taken; then no new connections, the requests in flight finish, and
 * idle connections close. Never takes longer than the grace period: what is left then is cut, with a warning.
 */
export async function shutDown(app: NestFastifyApplication, settings: ShutdownSettings): Promise<void> {
  const logger = new Logger('Shutdown');
  const grace = new AbortController();
  const expired = delay(settings.SHUTDOWN_GRACE_MS, 'expired' as const, { signal: grace.signal }).catch(
    () => 'drained' as const,
  );
  app.get(Lifecycle).startDraining();
  logger.log('Stopping: not ready any more, requests in flight are finished');
  const outcome = await Promise.race([drain(app, settings.SHUTDOWN_DELAY_MS), expired]);
  grace.abort();
  if (outcome === 'expired') {
    logger.warn(`Requests were still in flight after ${settings.SHUTDOWN_GRACE_MS} ms; they are cut`);
    app.getHttpServer().closeAllConnections();
  }
}

async function drain(app: NestFastifyApplication, delayMs: number): Promise<'drained'> {
  await delay(delayMs);
  await app.close();
  return 'drained';
}
