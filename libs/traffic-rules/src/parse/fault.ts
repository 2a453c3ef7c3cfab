import type { HttpFaultInjection } from '../resources/virtual-service.js';
import { message } from './decode.js';
import type { Decoder } from './decoder.js';
import { duration, int32, percent, string } from './scalar.js';

const delay = message({
  percent: int32('10'),
  fixedDelay: duration,
  exponentialDelay: duration,
  percentage: percent,
});

const abort = message({
  httpStatus: int32('503'),
  grpcStatus: string,
  http2Error: string,
  percentage: percent,
});

export const fault: Decoder<HttpFaultInjection> = message({ delay, abort });
