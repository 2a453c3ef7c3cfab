import { contentsOf, type RouteTable } from '../compile/table.js';
import { isSentByClients } from '../match/subjects/header.js';
import type { Mesh } from '../model/mesh.js';
import type { Document } from '../model/place.js';
import type { Requirement } from '../model/requirement.js';

/** A place where a rule looks at a header. */
export interface HeaderUse {
  /** In lower case. */
  name: string;
  document: Document;
  path: string;
}

/** The names, in lower case and sorted, of the headers that rules look at; what is not a header of its own (`:path`, `host`) is left out. */
export function headersUsedBy(table: RouteTable): string[] {
  const names = new Set<string>();
  for (const { name } of headersUsed(contentsOf(table).mesh)) names.add(name);
  return [...names].sort();
}

/** Every place once, however many rules share it by delegation. */
export function* headersUsed({ rules }: Mesh): Generator<HeaderUse, void> {
  const seen = new Set<Requirement>();
  for (const owner of rules)
    for (const { requirements } of owner.rules)
      for (const requirement of requirements) {
        const { subject, origin, field } = requirement;
        if (subject.kind !== 'header' || !isSentByClients(subject.name) || seen.has(requirement)) continue;
        seen.add(requirement);
        yield { name: subject.name, document: origin.document, path: `${origin.path}.${field}` };
      }
}
