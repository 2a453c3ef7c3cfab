import type { ListenerSubject } from '../subject-definition.js';

/** The port that the client dialled, as text. */
export const port: ListenerSubject = {
  of: 'listener',
  isOfClient: false,
  words: () => 'port',
  read: (listener) => `${listener.port}`,
  failure: (listener, wanted) => `port is ${listener.port}, not ${wanted.join(' or ')}`,
  give: (request, value) => {
    request.port = Number(value);
  },
};
