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
  const allowed = originAllowed(cors, origin) ? origin : undefined;
  // The answer to a preflight that is not allowed lacks the allowed origin alone (case bug-unmatched-preflights-ignore).
  if (isPreflight && (allowed !== undefined || !cors.forwardUnmatchedPreflights))
    return { preflight: true, headers: preflight(cors, head, allowed) };
  return allowed === undefined ? undefined : { preflight: false, headers: actual(cors, allowed) };
}

function actual(cors: Cors, origin: string): Headers {
  const headers: Headers = [['access-control-allow-origin', origin]];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (cors.exposeHeaders !== '') headers.push(['access-control-expose-headers', cors.exposeHeaders]);
  return headers;
}

/** What allows everything (`*`) is answered with what was asked for (recorded: `cors-any`). */
function preflight(cors: Cors, head: RequestHead, origin: string | undefined): Headers {
  const headers: Headers = origin === undefined ? [] : [['access-control-allow-origin', origin]];
  const asked = (allowed: string, name: string) =>
    allowed === '*' ? (headerValue(head.headers, name) ?? '') : allowed;
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (cors.allowMethods !== '')
    headers.push(['access-control-allow-methods', asked(cors.allowMethods, 'access-control-request-method')]);
  if (cors.allowHeaders !== '')
    headers.push([
      'access-control-allow-headers',
      asked(cors.allowHeaders, 'access-control-request-headers'),
    ]);
  if (cors.maxAge !== undefined) headers.push(['access-control-max-age', String(cors.maxAge)]);
  if (cors.exposeHeaders !== '') headers.push(['access-control-expose-headers', cors.exposeHeaders]);
  return headers;
}
