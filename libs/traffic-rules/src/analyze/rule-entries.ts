import type { TableContents } from '../compile/table.js';
import { holdsAt } from '../match/algebra.js';
import type { Action } from '../model/action.js';
import { meshGateway } from '../model/gateway.js';
import type { Document } from '../model/place.js';
import type { HostRules, Rule } from '../model/rule.js';
import type { MeshView } from './mesh-view.js';

/** An entry of a list of rules as it was written: once, however many matches it has and resources delegate to it. */
export interface RuleEntry {
  document: Document;
  path: string;
  action: Action;
  /** The first whose rules it is among. */
  owner: HostRules;
  /** On which clients dial some host of it, and requests come to it. */
  ports: Set<number>;
}

/** @returns by its last step, the entries in order */
export function* ruleEntries({ deciding, table }: MeshView): Generator<undefined, RuleEntry[]> {
  const byDocument = new Map<Document, Map<string, RuleEntry>>();
  for (const { owner, dialled } of deciding)
    for (const one of owner.rules) {
      yield;
      const { place, action } = one;
      const { document, rule } = place;
      const ports = portsOf(one, dialled, table);
      let byPath = byDocument.get(document);
      if (byPath === undefined) {
        byPath = new Map();
        byDocument.set(document, byPath);
      }
      const entry = byPath.get(rule.path);
      if (entry === undefined)
        byPath.set(rule.path, { document, path: rule.path, action, owner, ports: new Set(ports) });
      else for (const port of ports) entry.ports.add(port);
    }
  return [...byDocument.values()].flatMap((byPath) => [...byPath.values()]);
}

/** Those of the ports on which requests can meet the rule; what a gateway's rules call its ports is not what clients dial. */
function portsOf(
  { requirements }: Rule,
  ports: ReadonlySet<number>,
  { mesh, workload }: TableContents,
): number[] {
  const own = requirements.filter(({ subject }) => subject.kind === 'port');
  if (own.length === 0 || mesh.gateway !== undefined) return [...ports];
  return [...ports].filter((port) =>
    own.every((requirement) => holdsAt(requirement, { workload, port, gateway: meshGateway }) !== false),
  );
}
