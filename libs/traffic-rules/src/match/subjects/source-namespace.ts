import type { ListenerSubject } from '../subject-definition.js';

/** The namespace of the calling workload. */
export const sourceNamespace: ListenerSubject = {
  of: 'listener',
  isOfClient: true,
  words: () => 'source namespace',
  read: ({ workload }) => workload.namespace,
  failure: ({ workload }, wanted) =>
    `the calling workload is in namespace ${workload.namespace}, not in ${wanted.join(' or ')}`,
  give: () => {},
};
