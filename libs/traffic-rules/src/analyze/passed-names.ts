import { fieldOf, placedName } from '../place.js';
import type { MeshView } from './mesh-view.js';

/** A server that passes TLS on has each name once. */
export function warnOfTakenNames(view: MeshView): void {
  for (const { chains, lost } of view.table.gatewayListeners) {
    const inForce = new Set(chains.map(({ rule }) => rule));
    for (const { rule, name, first, server } of lost) {
      // One that is there for another host of its resource, or at another server, has lost nothing.
      if (
        inForce.has(rule) ||
        (rule.place.rule.path === first.place.rule.path && rule.place.document === first.place.document)
      )
        continue;
      const others = rule.match.serverNames.filter((one) => one !== name);
      view
        .report(rule.place.document)
        .warning(
          'rule-shadowed',
          fieldOf(rule.place),
          `no connection comes to this rule at port ${server.port} of ${placedName(server.resource)}: ${placedName(first.place.resource)} has the name ${name} already${others.length === 0 ? '' : `, and Istio leaves the rule out with its other names (${others.slice(0, 5).join(', ')}) as well`}. Write each name once.`,
        );
    }
  }
}

/** A name that a server passes on ends at no other server of the port. */
export function warnOfSharedNames(view: MeshView): void {
  for (const { name, server, rule } of view.table.refusedFor)
    view
      .report(rule.place.document)
      .warning(
        'server-hosts-overlap',
        fieldOf(rule.place),
        `Envoy refuses port ${server.port} with all of its servers: ${placedName(server.resource)} terminates TLS for ${name}, and this rule passes it through. A running gateway keeps what it had; a new one refuses connections to the port. Write the name in one of the two.`,
      );
}
