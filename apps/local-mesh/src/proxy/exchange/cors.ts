import { type Cors, originAllowed } from '@grayscale/traffic-rules';
import type { RequestHead } from '../http1/request-head.js';

/** What CORS does to one request. */
export interface CorsAnswer {
  /** The proxy answers by itself. */
  preflight: boolean;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
}

/** Undefined: nothing, the request is not a cross-origin one, or its origin is not allowed and the upstream is to decide. */
export function corsAnswer(cors: Cors, head: RequestHead): CorsAnswer | undefined {
  const origin = value(head, 'origin');
  if (origin === undefined || origin === '') return undefined;
  const isPreflight = head.method === 'OPTIONS' && Boolean(value(head, 'access-control-request-method'));
  if (!originAllowed(cors, origin)) {
    // The answer lacks the allowed origin alone (case bug-unmatched-preflights-ignore).
    const answered = isPreflight && !cors.forwardUnmatchedPreflights;
    return answered ? { preflight: true, headers: preflight(cors, undefined) } : undefined;
  }
  return { preflight: isPreflight, headers: isPreflight ? preflight(cors, origin) : actual(cors, origin) };
}

type Headers = Array<readonly [string, string]>;

function actual(cors: Cors, origin: string): Headers {
  const headers: Headers = [['access-control-allow-origin', origin]];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (cors.exposeHeaders !== '') headers.push(['access-control-expose-headers', cors.exposeHeaders]);
  return headers;
}

function preflight(cors: Cors, origin: string | undefined): Headers {
  const headers: Headers = origin === undefined ? [] : [['access-control-allow-origin', origin]];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (cors.allowMethods !== '') headers.push(['access-control-allow-methods', cors.allowMethods]);
  if (cors.allowHeaders !== '') headers.push(['access-control-allow-headers', cors.allowHeaders]);
  if (cors.maxAge !== undefined) headers.push(['access-control-max-age', String(cors.maxAge)]);
  if (cors.exposeHeaders !== '') headers.push(['access-control-expose-headers', cors.exposeHeaders]);
  return headers;
}

function value({ headers: { raw, names } }: RequestHead, name: string): string | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : raw[2 * index + 1];
}
