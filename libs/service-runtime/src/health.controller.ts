import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Lifecycle } from './lifecycle.js';

/** The probes of Kubernetes. Neither asks other services: a broken neighbour must not restart this one. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** 200 as long as the process answers at all. */
  @Get('livez')
  @HealthCheck({ swaggerDocumentation: false })
  live() {
    return this.health.check([]);
  }

  /** 200 while the service takes requests, 503 from the moment that it begins to stop. */
  @Get(['readyz', 'healthz'])
  @HealthCheck({ swaggerDocumentation: false })
  ready() {
    return this.health.check([
      () => {
        const indicator = this.indicators.check('lifecycle');
        const { state } = this.lifecycle;
        return state === 'ready' ? indicator.up() : indicator.down({ state });
      },
    ]);
  }
}
