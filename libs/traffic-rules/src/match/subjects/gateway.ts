import { meshGateway } from '../../model/gateway.js';
import type { ListenerSubject } from '../subject-definition.js';

/** Through what a request comes: a gateway, or the mesh itself where a sidecar decides. */
export const gateway: ListenerSubject = {
  of: 'listener',
  isOfClient: true,
  words: () => 'gateway',
  read: ({ gateway }) => gateway,
  failure: ({ gateway }, wanted) =>
    gateway === meshGateway
      ? `gateways ${wanted.join(', ')} do not include ${meshGateway}`
      : `it is for ${wanted.join(', ')}, and the request comes through ${gateway}`,
  give: () => {},
};
