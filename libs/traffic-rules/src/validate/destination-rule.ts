import { quote } from '../fields/describe.js';
import type { DestinationRule, DestinationRuleSpec } from '../resources/destination-rule.js';
import { validateSubsetName } from './destination.js';
import { validateExportTo } from './export-to.js';
import { validateLabels, validateSelector } from './labels.js';
import { wildcardDomainProblem } from './names.js';
import type { Report } from './report.js';
import { validateTrafficPolicy } from './traffic-policy.js';

export function validateDestinationRule({ spec, metadata }: DestinationRule, report: Report): void {
  const problem = wildcardDomainProblem(spec.host);
  if (problem !== undefined)
    report.error(
      'host-invalid',
      'spec.host',
      `the host ${quote(spec.host)} ${problem}; write the name of a service.`,
    );
  validateTrafficPolicy(spec.trafficPolicy, metadata.namespace, 'spec.trafficPolicy', report);
  validateSubsets(spec, metadata.namespace, report);
  validateExportTo(
    spec.exportTo,
    metadata.namespace,
    { ownOnly: spec.workloadSelector !== undefined },
    report,
  );
  if (spec.workloadSelector === undefined) return;
  validateSelector(spec.workloadSelector, 'spec.workloadSelector.matchLabels', report);
  if (Object.keys(spec.workloadSelector).length === 0)
    report.warning(
      'selector-invalid',
      'spec.workloadSelector',
      'the selector has no labels; write matchLabels, or leave it out.',
    );
}

function validateSubsets({ subsets }: DestinationRuleSpec, namespace: string, report: Report): void {
  const names = new Set<string>();
  subsets.forEach((subset, index) => {
    const path = `spec.subsets[${index}]`;
    if (names.has(subset.name))
      report.error(
        'subset-duplicate',
        `${path}.name`,
        `another subset has the name ${quote(subset.name)}; give each its own.`,
      );
    names.add(subset.name);
    validateSubsetName(subset.name, `${path}.name`, report);
    validateLabels(subset.labels, `${path}.labels`, report);
    validateTrafficPolicy(subset.trafficPolicy, namespace, `${path}.trafficPolicy`, report);
  });
}
