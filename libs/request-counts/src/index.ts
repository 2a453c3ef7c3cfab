export { EndpointSource, type EndpointSourceOptions } from './endpoint/endpoint-source.js';
export type { HttpAccess } from './http-access.js';
export { PrometheusSource, type PrometheusSourceOptions } from './prometheus/prometheus-source.js';
