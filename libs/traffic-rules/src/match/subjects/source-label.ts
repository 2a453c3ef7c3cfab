import type { ListenerSubject } from '../subject-definition.js';

/** A label of the calling workload. */
export const sourceLabel: ListenerSubject = {
  of: 'listener',
  isOfClient: true,
  words: (name) => `source label ${name}`,
  read: ({ workload }, name) => (Object.hasOwn(workload.labels, name) ? workload.labels[name] : undefined),
  failure: (_listener, wanted, name) =>
    `the calling workload does not have the label ${name}=${wanted.join(' or ')}`,
  give: () => {},
};
