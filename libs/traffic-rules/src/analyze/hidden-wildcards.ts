import { takesEverything } from '../compile/routes.js';
import { isWildcard } from '../host-map.js';
import { lies } from '../hosts-in-common.js';
import type { HostRules } from '../model/rule.js';
import { placedName } from '../place.js';
import { type MeshView, portTables } from './mesh-view.js';

/** Rules for a host at a gateway, with the resources that they are of. */
interface ServedHost {
  name: string;
  owner: HostRules;
  sources: readonly HostRules[];
}

/**
 * Wildcards whose rules a narrower host hides at a gateway: what the rules of the narrower host leave over gets 404, whatever those of the
 * wider one say, as Envoy chooses one virtual host (recorded: `gateway-wildcard-and-exact`).
 */
export function* noteHiddenWildcards(view: MeshView): Generator<undefined, void> {
  const told = new Set<string>();
  for (const { hosts } of portTables(view.table)) {
    const served = [...hosts.values()].flatMap(({ name, owner, sources = [] }): ServedHost[] =>
      owner === undefined ? [] : [{ name, owner, sources }],
    );
    const wildcards = served.filter(({ name }) => isWildcard(name));
    for (const host of wildcards.length === 0 ? [] : served) {
      yield;
      if (told.has(host.name) || host.owner.rules.some(takesEverything)) continue;
      const hidden = nextWider(host, wildcards);
      if (hidden === undefined) continue;
      told.add(host.name);
      note(view, host, hidden);
    }
  }
}

/** The narrowest of the wildcards above a host, where it has rules of another resource. */
function nextWider({ name, sources }: ServedHost, wildcards: readonly ServedHost[]): ServedHost | undefined {
  const [wider] = wildcards
    .filter((other) => other.name !== name && lies(name, other.name))
    .sort((a, b) => b.name.length - a.name.length);
  return wider?.sources.every((source) => sources.includes(source)) ? undefined : wider;
}

function note(view: MeshView, { name, sources }: ServedHost, hidden: ServedHost): void {
  const [first] = sources;
  const other = hidden.sources.find((source) => !sources.includes(source))?.resource;
  if (first === undefined || other === undefined) return;
  const at = first.hosts.indexOf(name);
  const label = placedName(other);
  view
    .report(first.document)
    .info(
      'requests-left-over',
      first.hostFields[at] ?? '',
      `requests for ${name} that no rule for it takes get 404: ${label} has rules for ${hidden.name}, which this narrower host hides whole. Write those rules for ${name} as well, or a last rule without match.`,
    );
}
