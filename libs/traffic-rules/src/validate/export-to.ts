import { quote } from '../fields/describe.js';
import { isDnsLabel } from './names.js';
import type { Report } from './report.js';

export interface ExportRules {
  /** `~` (nobody) is allowed, as a ServiceEntry has it. */
  nobody?: boolean;
  /** Only the own namespace is allowed, as for a DestinationRule with a selector. */
  ownOnly?: boolean;
}

/** Who sees a resource: `*`, `.`, or names of namespaces. */
export function validateExportTo(
  exportTo: readonly string[],
  namespace: string,
  rules: ExportRules,
  report: Report,
): void {
  const seen = new Set<string>();
  exportTo.forEach((entry, index) => {
    const place = `spec.exportTo[${index}]`;
    const key = entry === '.' ? namespace : entry;
    if (seen.has(key))
      report.error(
        'export-to-invalid',
        place,
        `${quote(entry)} is there twice (. is ${namespace}); write it once.`,
      );
    else if (key === '*' || isDnsLabel(key) || (key === '~' && rules.nobody)) seen.add(key);
    else
      report.error(
        'export-to-invalid',
        place,
        `${quote(entry)} is not a namespace; write "." for its own namespace, "*" for all, or a name.`,
      );
  });
  if (exportTo.length > 1 && (seen.has('*') || seen.has('~')))
    report.error(
      'export-to-invalid',
      'spec.exportTo',
      `${seen.has('*') ? '"*"' : '"~"'} stands alone; leave the other entries out.`,
    );
  if (rules.ownOnly && seen.size > 0 && !(seen.size === 1 && seen.has(namespace)))
    report.error(
      'export-to-invalid',
      'spec.exportTo',
      'a rule with a workloadSelector serves its own namespace only; write exportTo: ["."].',
    );
}
