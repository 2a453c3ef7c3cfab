import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { Lifecycle } from './lifecycle.js';
import { MetricsController } from './metrics.controller.js';
import { RequestMetrics } from './request-metrics.js';

/** A module of an application: a class, or what a `forRoot` gives. */
export type ApplicationModule = Type | DynamicModule;

/** The root module of a running service: the application and, around it, probes, metrics and settings. */
@Module({})
export class RuntimeModule {
  /** @param settings values that were read and validated already */
  static forApplication(application: ApplicationModule, settings: Record<string, unknown>): DynamicModule {
    return {
      module: RuntimeModule,
      global: true,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [() => settings],
        }),
        TerminusModule.forRoot({ logger: false }),
        application,
      ],
      controllers: [HealthController, MetricsController],
      providers: [Lifecycle, RequestMetrics],
      exports: [Lifecycle, RequestMetrics],
    };
  }
}
