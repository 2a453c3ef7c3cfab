import { quote } from '../fields/describe.js';
import { grpcStatuses } from '../resources/grpc-status.js';
import type { HttpFaultInjection } from '../resources/virtual-service.js';
import { validateStatus } from './action.js';
import { validateDurations } from './duration.js';
import type { Report } from './report.js';

export function validateFault(fault: HttpFaultInjection | undefined, path: string, report: Report): void {
  if (fault === undefined) return;
  if (fault.delay === undefined && fault.abort === undefined)
    report.error(
      'fault-invalid',
      path,
      'the fault has neither delay nor abort; write one of them, or leave the fault out.',
    );
  if (fault.delay !== undefined) validateDelay(fault.delay, `${path}.delay`, report);
  if (fault.abort !== undefined) validateAbort(fault.abort, `${path}.abort`, report);
}

function validateDelay(delay: NonNullable<HttpFaultInjection['delay']>, path: string, report: Report): void {
  validatePercentage(delay.percentage, `${path}.percentage`, report);
  // Of two delays the later field wins, as in istiod's decoder.
  if (delay.exponentialDelay !== undefined)
    report.error(
      'fault-invalid',
      `${path}.exponentialDelay`,
      'exponentialDelay is not implemented in Istio yet; write fixedDelay.',
    );
  validateDurations(
    delay,
    delay.exponentialDelay === undefined ? ['fixedDelay'] : ['exponentialDelay'],
    path,
    report,
  );
  if (delay.percent !== undefined && delay.percentage === undefined)
    report.warning(
      'field-deprecated',
      `${path}.percent`,
      `percent is deprecated; write percentage: { value: ${delay.percent} }.`,
    );
}

function validateAbort(abort: NonNullable<HttpFaultInjection['abort']>, path: string, report: Report): void {
  validatePercentage(abort.percentage, `${path}.percentage`, report);
  if (abort.http2Error !== undefined)
    report.error(
      'fault-invalid',
      `${path}.http2Error`,
      'http2Error is not implemented in Istio yet; write httpStatus.',
    );
  else if (abort.grpcStatus !== undefined) validateGrpcStatus(abort.grpcStatus, `${path}.grpcStatus`, report);
  else if (abort.httpStatus !== undefined) validateStatus(abort.httpStatus, `${path}.httpStatus`, report);
  else
    report.warning(
      'fault-invalid',
      path,
      'the abort has no status and so does nothing; write httpStatus: 503.',
    );
}

function validateGrpcStatus(status: string, path: string, report: Report): void {
  if (!grpcStatuses.includes(status))
    report.error(
      'fault-invalid',
      path,
      `${quote(status)} is not a gRPC status; write one of ${grpcStatuses.join(', ')}.`,
    );
}

/** The share of requests that a fault hits: Envoy counts in millionths. */
function validatePercentage(percentage: number | undefined, path: string, report: Report): void {
  if (percentage === undefined || percentage === 0 || (percentage >= 0.0001 && percentage <= 100)) return;
  report.error(
    'percentage-invalid',
    `${path}.value`,
    `the percentage is ${percentage}; write 0, or a number from 0.0001 to 100.`,
  );
}
