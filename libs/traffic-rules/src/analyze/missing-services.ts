import type { Document } from '../model/place.js';
import type { MeshView } from './mesh-view.js';

/** Rules without any service: what would be said of each of their hosts, once. */
export function noteMissingServices(view: MeshView): void {
  const { rules, policies, gateway } = view.table.mesh;
  const hosts = new Set([...rules.flatMap((owner) => owner.hosts), ...policies.map(({ host }) => host)]);
  const document: Document | undefined = rules[0]?.document ?? policies[0]?.document;
  if (document === undefined) return;
  const consequence =
    gateway === undefined
      ? `so none of the hosts of these rules (${hosts.size}) is registered: their requests go on as if there were no rule, and`
      : 'so nothing of what these rules lead to is registered, and';
  view
    .report(document)
    .info(
      'no-services',
      '',
      `no Service and no ServiceEntry is among the files, ${consequence} whether destinations exist was not looked at. Name the files of the services as well, or take the hosts as given: grayscale has --assume-services for that.`,
    );
}
