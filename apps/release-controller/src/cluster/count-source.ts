import type { CountSource } from '@grayscale/release';
import { EndpointSource, PrometheusSource } from '@grayscale/request-counts';
import type { ConfigService } from '@nestjs/config';
import type { ClusterControllerSettings } from './settings.js';

type Config = ConfigService<ClusterControllerSettings, true>;

/** Where the requests of a release are counted, as the settings say. */
export function countSource(config: Config): CountSource {
  const urls = config.get('METRICS', { infer: true })?.map((url) => new URL(url));
  if (urls === undefined) return prometheusSource(config);
  return new EndpointSource({ urls, interval: config.get('LOOK_INTERVAL_MS', { infer: true }) });
}

function prometheusSource(config: Config): CountSource {
  const value = <Name extends keyof ClusterControllerSettings>(name: Name): ClusterControllerSettings[Name] =>
    config.get(name, { infer: true });
  const bearerTokenFile = value('PROMETHEUS_BEARER_TOKEN_FILE');
  const basicAuthFile = value('PROMETHEUS_BASIC_AUTH_FILE');
  const caFile = value('PROMETHEUS_CA_FILE');
  const headers = value('PROMETHEUS_HEADERS');
  return new PrometheusSource({
    url: new URL(value('PROMETHEUS')),
    ...(bearerTokenFile !== undefined && { bearerTokenFile }),
    ...(basicAuthFile !== undefined && { basicAuthFile }),
    ...(caFile !== undefined && { caFile }),
    ...(headers !== undefined && { headers }),
  });
}
