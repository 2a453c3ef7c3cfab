import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';
import { checked, list, map, messageOf } from './decode.js';
import { boolean, string, text, writtenPort } from './scalar.js';
import { stringMatch } from './string-match.js';

/** By name. The API server prunes a name whose value is null, so it is not a condition at all (case bug-header-null). */
const matches = map<StringMatch>((value, at) => (value === null ? undefined : stringMatch(value, at)));

export const httpMatch = messageOf<HttpMatchRequest>(
  {
    name: text,
    uri: stringMatch,
    scheme: stringMatch,
    method: stringMatch,
    authority: stringMatch,
    headers: matches,
    withoutHeaders: matches,
    queryParams: matches,
    ignoreUriCase: boolean,
    port: writtenPort('8080'),
    sourceLabels: map(string),
    sourceNamespace: text,
    gateways: list(string),
    statPrefix: checked(string),
  },
  {
    headers: {},
    withoutHeaders: {},
    queryParams: {},
    ignoreUriCase: false,
    sourceLabels: {},
    gateways: [],
  },
);
