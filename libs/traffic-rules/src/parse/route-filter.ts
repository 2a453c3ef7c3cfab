import type { HeaderModifier, PathModifier, RequestMirror, RouteFilter } from '../resources/gateway-api.js';
import { list, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { objectReference } from './object-reference.js';
import { boolean, choice, int32, string, text } from './scalar.js';

const headerValue = mapped(
  message({ name: string, value: string }, 'ignored'),
  ({ name = '', value = '' }) => ({
    name,
    value,
  }),
);

const headerModifier: Decoder<HeaderModifier> = mapped(
  message({ set: list(headerValue), add: list(headerValue), remove: list(string) }, 'ignored'),
  ({ set = [], add = [], remove = [] }) => ({ set, add, remove }),
);

const pathModifier: Decoder<PathModifier> = mapped(
  message(
    {
      type: choice(['ReplaceFullPath', 'ReplacePrefixMatch']),
      replaceFullPath: string,
      replacePrefixMatch: string,
    },
    'ignored',
  ),
  (decoded) => ({ ...decoded, type: decoded.type ?? 'ReplaceFullPath' }),
);

const requestRedirect = mapped(
  message(
    { scheme: text, hostname: text, path: pathModifier, port: int32('443'), statusCode: int32('302') },
    'ignored',
  ),
  (decoded) => ({ ...decoded, statusCode: decoded.statusCode ?? 302 }),
);

const requestMirror: Decoder<RequestMirror> = mapped(
  message(
    {
      backendRef: objectReference,
      percent: int32('50'),
      fraction: mapped(
        message({ numerator: int32('1'), denominator: int32('100') }, 'ignored'),
        ({ numerator = 0, denominator = 100 }) => ({ numerator, denominator }),
      ),
    },
    'ignored',
  ),
  (decoded) => ({
    ...decoded,
    backendRef: decoded.backendRef ?? { group: '', kind: 'Service', name: '' },
  }),
);

const cors = mapped(
  message(
    {
      allowOrigins: list(string),
      allowCredentials: boolean,
      allowMethods: list(string),
      allowHeaders: list(string),
      exposeHeaders: list(string),
      maxAge: int32('5'),
    },
    'ignored',
  ),
  (decoded) => ({
    allowOrigins: decoded.allowOrigins ?? [],
    allowCredentials: decoded.allowCredentials ?? false,
    allowMethods: decoded.allowMethods ?? [],
    allowHeaders: decoded.allowHeaders ?? [],
    exposeHeaders: decoded.exposeHeaders ?? [],
    maxAge: decoded.maxAge ?? 5,
  }),
);

/** What is done with a request or its answer on the way; the type may be one that nobody here knows. */
export const routeFilter: Decoder<RouteFilter> = mapped(
  message(
    {
      type: string,
      requestHeaderModifier: headerModifier,
      responseHeaderModifier: headerModifier,
      requestRedirect,
      requestMirror,
      urlRewrite: message({ hostname: text, path: pathModifier }, 'ignored'),
      cors,
    },
    'ignored',
  ),
  (decoded) => ({ ...decoded, type: decoded.type ?? '' }),
);
