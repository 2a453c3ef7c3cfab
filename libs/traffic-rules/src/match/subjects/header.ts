import { addedBeforeRouting } from '../request-view.js';
import type { RequestSubject } from '../subject-definition.js';

/** A header, whose lines are tested one by one, or a pseudo header (`:path`). */
export const header: RequestSubject = {
  of: 'request',
  words: (name) => `header ${name}`,
  reader: (name) => (view) => view.headerValues(name),
  // Requests are looked up by the headers that they were sent with.
  indexKey: (name) => (isSentByClients(name) && !addedBeforeRouting.has(name) ? name : undefined),
  give: (request, value, name) => {
    request.headers.push(name, value);
  },
};

/** Whether a name is that of a header of its own; Istio's rules match claims of a token under such names as well. */
export function isSentByClients(name: string): boolean {
  return !name.startsWith(':') && !name.startsWith('@request.auth.claims') && name !== 'host';
}
