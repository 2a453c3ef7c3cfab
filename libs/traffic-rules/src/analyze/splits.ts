import { type Destination, setsHost } from '../model/action.js';
import type { MeshView } from './mesh-view.js';
import type { RuleEntry } from './rule-entries.js';

/** Splits between the mesh and the outside world, where the outside gets a Host that it does not know. */
export function* warnOfMixedSplits(
  view: MeshView,
  entries: readonly RuleEntry[],
): Generator<undefined, void> {
  for (const entry of entries) {
    yield;
    const outside = externalIn(entry, view);
    if (outside === undefined) continue;
    const host = entry.owner.hosts[0] ?? '';
    const message = `the split sends the same Host, ${host}, into the mesh and to ${outside.host} outside of it, which may serve its own name only. If so, write headers: { request: { set: { Host: ${outside.host} } } } for this destination.`;
    view.report(entry.document).warning('split-mixes-hosts', `${entry.path}.${outside.field}`, message);
  }
}

/** The first destination outside of the mesh that keeps the client's Host, in a split with one inside. */
function externalIn({ action }: RuleEntry, { table }: MeshView): Destination | undefined {
  if (action.kind !== 'forward') return undefined;
  const { services } = table.mesh;
  const known = action.destinations.filter(({ host, weight }) => weight > 0 && services.has(host));
  const isOutside = (host: string) => services.get(host)?.external === true;
  if (known.every(({ host }) => isOutside(host))) return undefined;
  return known.find((one) => isOutside(one.host) && !setsHost(one));
}
