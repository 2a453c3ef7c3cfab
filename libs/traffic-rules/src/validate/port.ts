import type { Report } from './report.js';

/** A TCP port. */
export function validatePort(port: number, path: string, report: Report): void {
  if (port < 1 || port > 65535)
    report.error('port-invalid', path, `the port is ${port}; write a number from 1 to 65535.`);
}
