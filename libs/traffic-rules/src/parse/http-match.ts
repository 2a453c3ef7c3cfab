import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { checked, list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { boolean, string, text, uint32 } from './scalar.js';
import { stringMatch } from './string-match.js';

/** By name. The API server prunes a name whose value is null, so it is not a condition at all (case bug-header-null). */
const matches = map<StringMatch>((value, at) => (value === null ? undefined : stringMatch(value, at)));

const fields = message({
  name: text,
  uri: stringMatch,
  scheme: stringMatch,
  method: stringMatch,
  authority: stringMatch,
  headers: matches,
  withoutHeaders: matches,
  queryParams: matches,
  ignoreUriCase: boolean,
  port: uint32('8080'),
  sourceLabels: map(string),
  sourceNamespace: text,
  gateways: list(string),
  statPrefix: checked(string),
});

export const httpMatch: Decoder<HttpMatchRequest> = mapped(fields, ({ port, ...decoded }) => ({
  ...decoded,
  // protobuf cannot tell a port of 0 from none.
  ...(port ? { port } : {}),
  headers: decoded.headers ?? {},
  withoutHeaders: decoded.withoutHeaders ?? {},
  queryParams: decoded.queryParams ?? {},
  ignoreUriCase: decoded.ignoreUriCase ?? false,
  sourceLabels: decoded.sourceLabels ?? {},
  gateways: decoded.gateways ?? [],
}));
