import type { RequestSubject } from '../subject-definition.js';

/** The Host as it was sent, with its port and its letter case. */
export const authority: RequestSubject = {
  of: 'request',
  words: () => 'authority',
  reader: () => (view) => view.request.authority,
  indexKey: () => undefined,
  give: (request, value) => {
    if (value !== '') request.authority = value;
  },
};
