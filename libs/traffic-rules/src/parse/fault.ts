import type { HttpFaultInjection } from '../resources/virtual-service.js';
import { type Decoder, mapped, message } from './decode.js';
import { duration, int32, percent, string } from './scalar.js';
import { reportConflict } from './string-match.js';

const delay = mapped(
  message({ percent: int32('10'), fixedDelay: duration, exponentialDelay: duration, percentage: percent }),
  (decoded, at) => {
    const { percent: _, percentage: __, ...kinds } = decoded;
    reportConflict(at, kinds);
    return decoded;
  },
);

const abort = mapped(
  message({ httpStatus: int32('503'), grpcStatus: string, http2Error: string, percentage: percent }),
  (decoded, at) => {
    const { percentage: _, ...kinds } = decoded;
    reportConflict(at, kinds);
    return decoded;
  },
);

export const fault: Decoder<HttpFaultInjection> = message({ delay, abort });
