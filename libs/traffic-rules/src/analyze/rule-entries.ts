import type { Action } from '../model/action.js';
import type { Document } from '../model/place.js';
import type { HostRules } from '../model/rule.js';
import type { MeshView } from './mesh-view.js';

/** An entry of a list of rules as it was written: once, however many matches it has and resources delegate to it. */
export interface RuleEntry {
  document: Document;
  path: string;
  action: Action;
  /** The first whose rules it is among. */
  owner: HostRules;
  /** On which clients dial some host of it. */
  ports: Set<number>;
}

/** @returns by its last step, the entries in order */
export function* ruleEntries({ deciding }: MeshView): Generator<undefined, RuleEntry[]> {
  const byDocument = new Map<Document, Map<string, RuleEntry>>();
  for (const { owner, dialled: ports } of deciding)
    for (const { place, action } of owner.rules) {
      yield;
      const { document, rule } = place;
      let byPath = byDocument.get(document);
      if (byPath === undefined) {
        byPath = new Map();
        byDocument.set(document, byPath);
      }
      const entry = byPath.get(rule.path);
      if (entry === undefined)
        byPath.set(rule.path, { document, path: rule.path, action, owner, ports: new Set(ports) });
      else if (entry.owner !== owner) for (const port of ports) entry.ports.add(port);
    }
  return [...byDocument.values()].flatMap((byPath) => [...byPath.values()]);
}
