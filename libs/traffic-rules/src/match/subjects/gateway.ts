import type { ListenerSubject } from '../subject.js';

/** What stands for the sidecars of all workloads among the gateways of a rule. */
const mesh = 'mesh';

/** Through what a request comes: a workload's is the mesh itself. */
export const gateway: ListenerSubject = {
  of: 'listener',
  words: () => 'gateway',
  read: () => mesh,
  failure: (_listener, wanted) => `gateways ${wanted.join(', ')} do not include ${mesh}`,
  give: () => {},
};
