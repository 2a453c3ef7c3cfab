import { readFileSync } from 'node:fs';
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
  const basicFile = value('PROMETHEUS_BASIC_AUTH_FILE');
  const caFile = value('PROMETHEUS_CA_FILE');
  const headers = value('PROMETHEUS_HEADERS');
  return new PrometheusSource({
    url: new URL(value('PROMETHEUS')),
    ...(bearerTokenFile !== undefined && { bearerTokenFile }),
    ...(basicFile !== undefined && { basic: basicIn(readFileSync(basicFile, 'utf8')) }),
    ...(caFile !== undefined && { ca: readFileSync(caFile, 'utf8') }),
    ...(headers !== undefined && { headers }),
  });
}

/** @param text `USER:PASSWORD`; the password may have colons in it */
function basicIn(text: string): { user: string; password: string } {
  const [user = '', ...password] = text.trim().split(':');
  return { user, password: password.join(':') };
}
