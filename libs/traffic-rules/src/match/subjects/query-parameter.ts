import { toBytes } from '../../bytes.js';
import type { RequestSubject } from '../subject-definition.js';

/** The first query parameter of a name, raw: no decoding of `%` or `+`. */
export const queryParameter: RequestSubject = {
  of: 'request',
  words: (name) => `query parameter ${name}`,
  reader: (name) => {
    const key = toBytes(name);
    return (view) => view.queryParameter(key);
  },
  indexKey: () => undefined,
  give: (request, value, name) => {
    request.query.push(`${name}=${value}`);
  },
};
