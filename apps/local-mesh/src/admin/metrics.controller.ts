import { Controller, Get, Header } from '@nestjs/common';
import { IstioMetrics } from '../telemetry/istio-metrics.js';

@Controller('stats/prometheus')
export class MetricsController {
  constructor(private readonly metrics: IstioMetrics) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async scrape(): Promise<string> {
    return await this.metrics.registry.metrics();
  }
}
