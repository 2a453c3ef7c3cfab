import type { RequestSubject } from '../subject-definition.js';

/** Key of the path in an index; no header is called so. */
export const pathKey = ':path-without-query';

/** The normalized path without its query. */
export const path: RequestSubject = {
  of: 'request',
  words: () => 'path',
  reader: () => (view) => view.path,
  indexKey: () => pathKey,
  give: (request, value) => {
    if (value !== '') request.path = value;
  },
};
