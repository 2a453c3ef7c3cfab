import type { Issue } from '../issue.js';
import type { DestinationRule } from '../resources/destination-rule.js';
import type { Gateway } from '../resources/gateway.js';
import type { Resource } from '../resources/resource.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Sidecar } from '../resources/sidecar.js';
import type { VirtualService } from '../resources/virtual-service.js';
import type { WorkloadEntry } from '../resources/workload-entry.js';
import { type Steps, takeAll } from '../steps.js';
import { validateDestinationRule } from './destination-rule.js';
import { validateGateway } from './gateway.js';
import { validateEndpointSlice, validateService } from './kubernetes.js';
import { member, Report } from './report.js';
import { validateRoute } from './route.js';
import { validateServiceEntry } from './service-entry.js';
import { validateSidecar } from './sidecar.js';
import { validateVirtualService } from './virtual-service.js';
import { validateWorkloadEntry } from './workload-entry.js';

/**
 * What is wrong with each resource by itself, with the verdict of Istio's own validation: an `error` is what its
 * admission webhook refuses, a `warning` what it accepts with a warning. All issues of all resources at once.
 */
export function validate(resources: readonly Resource[]): Issue[] {
  return takeAll(validateInSteps(resources));
}

/** As {@link validate}, a resource in each step. */
export function* validateInSteps(resources: readonly Resource[]): Steps<Issue[]> {
  const issues: Issue[] = [];
  for (const resource of resources) {
    const report = new Report(resource);
    validateResource(resource, report);
    for (const issue of report.issues) issues.push(issue);
    yield;
  }
  return issues;
}

function validateResource(resource: Resource, report: Report): void {
  switch (resource.kind) {
    case 'Service':
      validateService(resource, report);
      break;
    case 'EndpointSlice':
      validateEndpointSlice(resource, report);
      break;
    case 'HTTPRoute':
    case 'GRPCRoute':
      validateRoute(resource, report);
      break;
    case 'Gateway':
      if (resource.group === 'networking.istio.io') validateIstioResource(resource, report);
      break;
    case 'VirtualService':
    case 'ServiceEntry':
    case 'DestinationRule':
    case 'Sidecar':
    case 'WorkloadEntry':
      validateIstioResource(resource, report);
      break;
    default:
  }
}

function validateIstioResource(
  resource: VirtualService | Gateway | ServiceEntry | DestinationRule | Sidecar | WorkloadEntry,
  report: Report,
): void {
  refuseAnnotations(resource, report);
  switch (resource.kind) {
    case 'VirtualService':
      validateVirtualService(resource, report);
      break;
    case 'Gateway':
      validateGateway(resource, report);
      break;
    case 'ServiceEntry':
      validateServiceEntry(resource, report);
      break;
    case 'DestinationRule':
      validateDestinationRule(resource, report);
      break;
    case 'Sidecar':
      validateSidecar(resource, report);
      break;
    case 'WorkloadEntry':
      validateWorkloadEntry(resource, report);
      break;
  }
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
