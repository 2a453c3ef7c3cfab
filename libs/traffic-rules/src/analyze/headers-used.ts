import type { Resource } from '../resources/resource.js';
import type { VirtualService } from '../resources/virtual-service.js';
import { isJwtClaim } from '../validate/header-names.js';
import { member } from '../validate/report.js';

/** A header that a rule matches on. */
export interface HeaderUse {
  /** In lower case. */
  name: string;
  path: string;
}

/** The names, in lower case and sorted, of the headers that rules match on; what is no header of its own (`:path`, `host`) is left out. */
export function headersUsedBy(resources: readonly Resource[]): string[] {
  const names = new Set<string>();
  for (const resource of resources)
    if (resource.kind === 'VirtualService') for (const { name } of headerUses(resource)) names.add(name);
  return [...names].sort();
}

/** Every place where a VirtualService matches on a header. */
export function headerUses({ spec }: VirtualService): HeaderUse[] {
  return spec.http.flatMap((rule, ruleIndex) =>
    rule.match.flatMap((match, matchIndex) =>
      (['headers', 'withoutHeaders'] as const).flatMap((field) =>
        Object.keys(match[field])
          .filter(isSentByClients)
          .map((name) => ({
            name: name.toLowerCase(),
            path: member(`spec.http[${ruleIndex}].match[${matchIndex}].${field}`, name),
          })),
      ),
    ),
  );
}

function isSentByClients(name: string): boolean {
  return !name.startsWith(':') && name.toLowerCase() !== 'host' && !isJwtClaim(name);
}
