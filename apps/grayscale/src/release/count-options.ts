import { accessSync, constants } from 'node:fs';
import { duration, gather, UsageError } from '@grayscale/command-line';
import type { CountSource } from '@grayscale/release';
import { EndpointSource, type HttpAccess, PrometheusSource } from '@grayscale/request-counts';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Where counts come from, and how to get in there. */
export interface CountOptions {
  metrics?: URL[];
  prometheus?: URL;
  bearerTokenFile?: string;
  basicAuthFile?: string;
  metricsCa?: string;
  metricsHeader?: string[];
  interval: number;
}

export function addCountOptions(command: Command): Command {
  return command
    .option(
      '--metrics <url>',
      "metrics endpoint of a caller's sidecar or of the local mesh; repeatable",
      urls,
    )
    .option('--prometheus <url>', 'Prometheus that has their metrics', url)
    .option('--bearer-token-file <path>', 'token for the metrics, read again at each look')
    .option('--basic-auth-file <path>', 'USER:PASSWORD for them, read again at each look')
    .option('--metrics-ca <path>', "certificates to trust, in PEM, instead of the system's")
    .option('--metrics-header <header>', "'name: value' to send along; repeatable", gather)
    .addOption(
      new Option('--interval <duration>', 'time between two looks').argParser(duration).default(1000, '1s'),
    );
}

/** @throws UsageError when no source is named, or two kinds of them */
export function countSource(options: CountOptions): CountSource {
  const { metrics, prometheus, interval } = options;
  if (metrics !== undefined && prometheus !== undefined) {
    throw new UsageError('--metrics and --prometheus exclude each other; name one of them.');
  }
  const access = accessOf(options);
  if (prometheus !== undefined) return new PrometheusSource({ url: prometheus, ...access });
  if (metrics !== undefined) return new EndpointSource({ urls: metrics, interval, ...access });
  throw new UsageError(
    'name where requests are counted: --metrics http://127.0.0.1:15000/stats/prometheus (the local mesh), or --prometheus URL.',
  );
}

function accessOf(options: CountOptions): HttpAccess {
  const { bearerTokenFile, basicAuthFile, metricsCa, metricsHeader = [] } = options;
  if (bearerTokenFile !== undefined && basicAuthFile !== undefined) {
    throw new UsageError('--bearer-token-file and --basic-auth-file exclude each other; name one of them.');
  }
  return {
    headers: Object.fromEntries(metricsHeader.map(header)),
    ...(bearerTokenFile && { bearerTokenFile: readable('--bearer-token-file', bearerTokenFile) }),
    ...(basicAuthFile && { basicAuthFile: readable('--basic-auth-file', basicAuthFile) }),
    ...(metricsCa && { caFile: readable('--metrics-ca', metricsCa) }),
  };
}

function readable(option: string, path: string): string {
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch {
    throw new UsageError(`${option} ${path} cannot be read.`);
  }
}

function header(text: string): [string, string] {
  const [, name, value] = /^([^:\s]+):([^\r\n]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--metrics-header '${text}' is not 'name: value'.`);
  }
  return [name, value.trim()];
}

function urls(text: string, earlier: URL[] | undefined): URL[] {
  return [...(earlier ?? []), url(text)];
}

function url(text: string): URL {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new InvalidArgumentError('Write it in full, for instance http://127.0.0.1:15000/stats/prometheus.');
}
