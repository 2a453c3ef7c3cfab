import type { Issue } from '../issue.js';
import type { Resource } from '../resources/resource.js';
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

type Validator<Kind extends Resource['kind']> = (
  resource: Extract<Resource, { kind: Kind }>,
  report: Report,
) => void;

/** What Kubernetes' own validation says of it is not asked for, or the API server's schema says all. */
const notValidated = () => {};

/** By kind of resource: the type checker asks for each. */
const validators: { readonly [Kind in Resource['kind']]: Validator<Kind> } = {
  VirtualService: ofIstio(validateVirtualService),
  ServiceEntry: ofIstio(validateServiceEntry),
  DestinationRule: ofIstio(validateDestinationRule),
  Sidecar: ofIstio(validateSidecar),
  WorkloadEntry: ofIstio(validateWorkloadEntry),
  Gateway(resource, report) {
    if (resource.group === 'networking.istio.io') ofIstio(validateGateway)(resource, report);
  },
  HTTPRoute: validateRoute,
  GRPCRoute: validateRoute,
  TLSRoute: notValidated,
  TCPRoute: notValidated,
  Service: validateService,
  EndpointSlice: validateEndpointSlice,
  ListenerSet: notValidated,
  ReferenceGrant: notValidated,
  Namespace: notValidated,
  Pod: notValidated,
  Deployment: notValidated,
  StatefulSet: notValidated,
  DaemonSet: notValidated,
  ReplicaSet: notValidated,
  ReplicationController: notValidated,
  Job: notValidated,
  CronJob: notValidated,
  Rollout: notValidated,
  MeshConfig: notValidated,
  RequestAuthentication: notValidated,
};

function validateResource<Kind extends Resource['kind']>(
  resource: Extract<Resource, { kind: Kind }>,
  report: Report,
): void {
  const validator: Validator<Kind> = validators[resource.kind as Kind];
  validator(resource, report);
}

/** Istio's webhook looks at the annotations of its own kinds, whatever else they say. */
function ofIstio<One extends Resource>(validator: (resource: One, report: Report) => void) {
  return (resource: One, report: Report): void => {
    refuseAnnotations(resource, report);
    validator(resource, report);
  };
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
