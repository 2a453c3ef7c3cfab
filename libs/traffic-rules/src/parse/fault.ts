import type { HttpFaultInjection } from '../resources/virtual-service.js';
import { messageOf } from './decode.js';
import { duration, int32, percent, string } from './scalar.js';

const delay = messageOf<NonNullable<HttpFaultInjection['delay']>>(
  {
    percent: int32('10'),
    fixedDelay: duration,
    exponentialDelay: duration,
    percentage: percent,
  },
  {},
);

const abort = messageOf<NonNullable<HttpFaultInjection['abort']>>(
  {
    httpStatus: int32('503'),
    grpcStatus: string,
    http2Error: string,
    percentage: percent,
  },
  {},
);

export const fault = messageOf<HttpFaultInjection>({ delay, abort }, {});
