import type { CorsPolicy } from '../resources/virtual-service.js';
import { list, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { boolean, choice, duration, string } from './scalar.js';
import { stringMatch } from './string-match.js';

const fields = message({
  allowOrigin: list(string),
  allowOrigins: list(stringMatch),
  allowMethods: list(string),
  allowHeaders: list(string),
  exposeHeaders: list(string),
  maxAge: duration,
  allowCredentials: boolean,
  unmatchedPreflights: choice(['UNSPECIFIED', 'FORWARD', 'IGNORE']),
});

/** The deprecated `allowOrigin` counts where `allowOrigins` is not written (istio, route.go TranslateCORSPolicy). */
export const corsPolicy: Decoder<CorsPolicy> = mapped(fields, ({ allowOrigin, ...decoded }) => ({
  ...decoded,
  allowOrigins:
    decoded.allowOrigins ?? (allowOrigin ?? []).map((value) => ({ kind: 'exact' as const, value })),
  allowMethods: decoded.allowMethods ?? [],
  allowHeaders: decoded.allowHeaders ?? [],
  exposeHeaders: decoded.exposeHeaders ?? [],
}));
