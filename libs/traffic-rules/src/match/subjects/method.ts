import type { RequestSubject } from '../subject-definition.js';

export const method: RequestSubject = {
  of: 'request',
  words: () => 'method',
  reader: () => (view) => view.request.method,
  indexKey: () => undefined,
  give: (request, value) => {
    if (value !== '') request.method = value;
  },
};
