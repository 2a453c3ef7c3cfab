import type { Fault } from '../../model/action.js';
import { grpcStatuses } from '../../resources/grpc-status.js';
import type { HttpFaultInjection } from '../../resources/virtual-service.js';

/** A fault without a percentage never fires; an abort without a status does nothing (Istio, route.go TranslateFault). */
export function faultOf({ delay, abort }: HttpFaultInjection): Fault {
  const fault: Fault = {};
  const delayed = toMillionths(delay?.percentage ?? delay?.percent ?? 0);
  if (delay?.fixedDelay !== undefined && delayed > 0) {
    fault.delay = { milliseconds: delay.fixedDelay, percentage: delayed };
  }
  const aborted = toMillionths(abort?.percentage ?? 0);
  if (abort === undefined || aborted === 0) return fault;
  const grpcStatus = grpcStatuses.indexOf(abort.grpcStatus ?? '');
  if (abort.httpStatus !== undefined) fault.abort = { percentage: aborted, status: abort.httpStatus };
  else if (grpcStatus >= 0) fault.abort = { percentage: aborted, grpcStatus };
  return fault;
}

/** Envoy counts in millionths: what is finer is cut off. */
export function toMillionths(percentage: number): number {
  return Math.trunc(percentage * 10_000) / 10_000;
}
