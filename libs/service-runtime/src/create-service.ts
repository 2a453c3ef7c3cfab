import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KnownRoutes } from './known-routes.js';
import { Lifecycle } from './lifecycle.js';
import { refuseMalformedRequest } from './malformed-request.js';
import { ProblemFilter, sendProblem } from './problem.filter.js';
import { RequestLog } from './request-log.js';
import { RequestMetrics } from './request-metrics.js';
import { type ApplicationModule, RuntimeModule } from './runtime.module.js';
import { type RuntimeSettings, runtimeSettings } from './runtime-settings.js';
import { addSecurityHeaders } from './security-headers.js';
import { SERVER_LIMITS } from './server-limits.js';
import { ServiceLogger } from './service-logger.js';
import type { ServiceOptions } from './service-options.js';
import { readSettings } from './settings.js';

/** A service that is built and not yet listening. */
export interface Service {
  readonly app: NestFastifyApplication;
  readonly settings: RuntimeSettings;
}

/**
 * Builds a service without listening: what tests use, and the first half of `runService`.
 * @throws SettingsError when a setting cannot be used
 */
export async function createService(
  application: ApplicationModule,
  options: ServiceOptions,
): Promise<Service> {
  const environment = options.environment ?? process.env;
  const shape = runtimeSettings(options.defaultPort, environment);
  const settings = readSettings({ ...options.settings, ...shape }, environment);
  const adapter = new FastifyAdapter({
    ...SERVER_LIMITS,
    clientErrorHandler: refuseMalformedRequest,
    frameworkErrors: refuseUnroutable,
  });
  adapter.getInstance().addHook('onRequest', addSecurityHeaders).addHook('onRequest', refuseHttp09);
  const routes = new KnownRoutes(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(
    RuntimeModule.forApplication(application, settings),
    adapter,
    { logger: new ServiceLogger(options.name, settings.LOG_FORMAT), abortOnError: false },
  );
  app.useGlobalFilters(new ProblemFilter(routes));
  observeRequests(app, settings);
  return { app, settings };
}

/** The router refuses some targets (`/%zz`) before any handler runs. */
function refuseUnroutable(
  error: { statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const status = error.statusCode ?? 400;
  sendProblem(request, reply, { status, detail: 'The path of the request is not well-formed' });
}

/** Node's parser takes a request line without a version, which is what a line break smuggled into a path leaves. */
function refuseHttp09(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.raw.httpVersionMajor >= 1) done();
  else sendProblem(request, reply, { status: 400, detail: 'The request line names no version of HTTP' });
}

function observeRequests(app: NestFastifyApplication, settings: RuntimeSettings): void {
  const lifecycle = app.get(Lifecycle);
  const metrics = app.get(RequestMetrics);
  const log = new RequestLog(settings);
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (lifecycle.state === 'draining') reply.header('connection', 'close');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    log.write(request, reply);
    done();
  });
}
