import { type Cors, originAllowed } from '@grayscale/traffic-rules';
import { headerValue } from '../../message/header-list.js';
import type { RequestHead } from '../../message/request.js';
import { replies } from '../local-reply.js';
import type { Filter } from './filter.js';

/** What CORS does to one request. */
interface CorsAnswer {
  /** The proxy answers by itself. */
  preflight: boolean;
  headers: Headers;
}

type Headers = Array<readonly [string, string]>;

/** Answers preflights, and adds to other answers what tells a browser that it may show them. */
export const cors: Filter = ({ decision, context, answer }, next) => {
  const rule = 'cors' in decision ? decision.cors : undefined;
  const cors = rule && corsAnswer(rule, context.head);
  if (cors !== undefined) answer.withCors(cors.headers);
  if (cors?.preflight) answer.reply(replies.preflight, []);
  else next();
  return undefined;
};

/** Undefined: nothing, the request is not a cross-origin one, or its origin is not allowed and the upstream is to decide. */
function corsAnswer(cors: Cors, head: RequestHead): CorsAnswer | undefined {
  const origin = headerValue(head.headers, 'origin');
  if (origin === undefined || origin === '') return undefined;
  const isPreflight =
    head.method === 'OPTIONS' && Boolean(headerValue(head.headers, 'access-control-request-method'));
  if (!originAllowed(cors, origin)) {
    // The answer lacks the allowed origin alone (case bug-unmatched-preflights-ignore).
    const answered = isPreflight && !cors.forwardUnmatchedPreflights;
    return answered ? { preflight: true, headers: preflight(cors, undefined) } : undefined;
  }
  return { preflight: isPreflight, headers: isPreflight ? preflight(cors, origin) : actual(cors, origin) };
}

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
