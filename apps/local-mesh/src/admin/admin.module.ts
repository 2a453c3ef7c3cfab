import { type DynamicModule, Module } from '@nestjs/common';
import { ListenerList } from '../listeners/listener.js';
import { RuleBook } from '../rules/rule-book.js';
import { EventFeed } from '../telemetry/event-feed.js';
import { IstioMetrics } from '../telemetry/istio-metrics.js';
import { ConfigDumpController } from './config-dump.controller.js';
import { EventsController } from './events.controller.js';
import { ExplainController } from './explain.controller.js';
import { HealthController } from './health.controller.js';
import { ListenersController } from './listeners.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';

/** What the admin side shows. It changes none of it. */
export interface AdminSubjects {
  rules: RuleBook;
  metrics: IstioMetrics;
  events: EventFeed;
  readiness: Readiness;
  listeners: ListenerList;
}

@Module({})
export class AdminModule {
  static forMesh({ rules, metrics, events, readiness, listeners }: AdminSubjects): DynamicModule {
    return {
      module: AdminModule,
      controllers: [
        HealthController,
        ConfigDumpController,
        ExplainController,
        MetricsController,
        EventsController,
        ListenersController,
      ],
      providers: [
        { provide: RuleBook, useValue: rules },
        { provide: IstioMetrics, useValue: metrics },
        { provide: EventFeed, useValue: events },
        { provide: Readiness, useValue: readiness },
        { provide: ListenerList, useValue: listeners },
      ],
    };
  }
}
