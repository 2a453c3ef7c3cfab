import type { RequestSubject } from '../subject-definition.js';

export const scheme: RequestSubject = {
  of: 'request',
  words: () => 'scheme',
  reader: () => (view) => view.request.scheme,
  indexKey: () => undefined,
  give: (request, value) => {
    request.scheme = value === 'https' ? 'https' : 'http';
  },
};
