import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { Readiness } from './readiness.js';

/** Liveness and readiness, under Istio's path and Kubernetes' customary ones. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('livez')
  @Header('content-type', 'text/plain')
  livez(): string {
    return 'live\n';
  }

  @Get(['readyz', 'healthz/ready'])
  @Header('content-type', 'text/plain')
  readyz(): string {
    if (!this.readiness.isReady) throw new ServiceUnavailableException('draining');
    return 'ready\n';
  }
}
