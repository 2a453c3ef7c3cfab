import type { ConnectionPool } from '../resources/destination-rule.js';
import { validateDuration, validateDurations } from './duration.js';
import type { Report } from './report.js';

export function validateConnectionPool(pool: ConnectionPool | undefined, path: string, report: Report): void {
  if (pool === undefined) return;
  if (pool.tcp === undefined && pool.http === undefined)
    report.error('policy-empty', path, 'the connection pool is empty; write tcp or http, or leave it out.');
  if (pool.http !== undefined) validateHttp(pool.http, `${path}.http`, report);
  if (pool.tcp !== undefined) validateTcp(pool.tcp, `${path}.tcp`, report);
}

function validateHttp(http: NonNullable<ConnectionPool['http']>, path: string, report: Report): void {
  refuseNegative(http, path, report);
  validateDurations(http, ['idleTimeout'], path, report);
  validateKeepAlive(http.http2KeepAlive, `${path}.http2KeepAlive`, report);
  if (http.h2UpgradePolicy === 'UPGRADE' && http.useClientProtocol)
    report.error(
      'field-conflict',
      `${path}.useClientProtocol`,
      'useClientProtocol and h2UpgradePolicy: UPGRADE exclude each other; keep one of the two.',
    );
}

function validateKeepAlive(
  keepAlive: NonNullable<ConnectionPool['http']>['http2KeepAlive'],
  path: string,
  report: Report,
): void {
  if (keepAlive === undefined) return;
  for (const [field, example] of [
    ['interval', '15s'],
    ['timeout', '5s'],
  ] as const)
    if (keepAlive[field] === undefined)
      report.error(
        'duration-invalid',
        path,
        `http2KeepAlive needs ${field}; write for instance ${field}: ${example}.`,
      );
  validateDurations(keepAlive, ['interval', 'timeout'], path, report);
}

function validateTcp(tcp: NonNullable<ConnectionPool['tcp']>, path: string, report: Report): void {
  refuseNegative(tcp, path, report);
  validateDurations(tcp, ['connectTimeout', 'maxConnectionDuration'], path, report);
  // 0s turns the timeout off.
  if (tcp.idleTimeout !== undefined && Math.trunc(tcp.idleTimeout) !== 0)
    validateDuration(tcp.idleTimeout, `${path}.idleTimeout`, report);
  if (tcp.tcpKeepalive !== undefined)
    validateDurations(tcp.tcpKeepalive, ['time', 'interval'], `${path}.tcpKeepalive`, report);
}

const limits = [
  'http1MaxPendingRequests',
  'http2MaxRequests',
  'maxRequestsPerConnection',
  'maxRetries',
  'maxConcurrentStreams',
  'maxConnections',
];

function refuseNegative(fields: object, path: string, report: Report): void {
  for (const [name, value] of Object.entries(fields))
    if (limits.includes(name) && typeof value === 'number' && value < 0)
      report.error('limit-negative', `${path}.${name}`, `${name} is ${value}; write 0 or more.`);
}
