import type { Issue } from '../issue.js';
import type { DestinationRule } from '../resources/destination-rule.js';
import type { Gateway } from '../resources/gateway.js';
import type { Resource } from '../resources/resource.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { VirtualService } from '../resources/virtual-service.js';
import { validateDestinationRule } from './destination-rule.js';
import { validateGateway } from './gateway.js';
import { validateEndpointSlice, validateService } from './kubernetes.js';
import { member, Report } from './report.js';
import { validateServiceEntry } from './service-entry.js';
import { validateVirtualService } from './virtual-service.js';

/**
 * What is wrong with each resource by itself, with the verdict of Istio's own validation: an `error` is what its
 * admission webhook refuses, a `warning` what it accepts with a warning. All issues of all resources at once.
 */
export function validate(resources: readonly Resource[]): Issue[] {
  return resources.flatMap((resource) => {
    const report = new Report(resource);
    validateResource(resource, report);
    return report.issues;
  });
}

function validateResource(resource: Resource, report: Report): void {
  if (resource.kind === 'Service') validateService(resource, report);
  else if (resource.kind === 'EndpointSlice') validateEndpointSlice(resource, report);
  else if (resource.kind !== 'Namespace') validateIstioResource(resource, report);
}

function validateIstioResource(
  resource: VirtualService | Gateway | ServiceEntry | DestinationRule,
  report: Report,
): void {
  refuseAnnotations(resource, report);
  if (resource.kind === 'VirtualService') validateVirtualService(resource, report);
  else if (resource.kind === 'Gateway') validateGateway(resource, report);
  else if (resource.kind === 'ServiceEntry') validateServiceEntry(resource, report);
  else validateDestinationRule(resource, report);
}

const forbiddenAnnotations = [
  'istio.io/dry-run',
  'internal.istio.io/webhook-always-reject',
  'internal.istio.io/parents',
  'internal.istio.io/parent-namespace',
];

function refuseAnnotations({ metadata }: Resource, report: Report): void {
  for (const annotation of forbiddenAnnotations)
    if (Object.hasOwn(metadata.annotations, annotation))
      report.error(
        'annotation-forbidden',
        member('metadata.annotations', annotation),
        `Istio refuses the annotation ${annotation} here; remove it.`,
      );
}
