import type { CountSource } from '@grayscale/release';
import { EndpointSource, PrometheusSource } from '@grayscale/request-counts';
import type { ConfigService } from '@nestjs/config';
import type { ReleaseControllerSettings } from '../settings.js';

/** Where requests are counted, as the settings say. */
export function countSource(config: ConfigService<ReleaseControllerSettings, true>): CountSource {
  const prometheus = config.get('PROMETHEUS', { infer: true });
  if (prometheus !== undefined) return new PrometheusSource({ url: new URL(prometheus) });
  const urls = config.get('METRICS', { infer: true }).map((url) => new URL(url));
  return new EndpointSource({ urls, interval: config.get('LOOK_INTERVAL_MS', { infer: true }) });
}
