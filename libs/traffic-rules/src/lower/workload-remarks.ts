import type { Document } from '../model/place.js';
import { isSubset, type Labels, type RegistryService } from '../model/service.js';
import type { DestinationRule } from '../resources/destination-rule.js';
import type { EndpointSlice, Service } from '../resources/kubernetes.js';
import type { ServiceEntry } from '../resources/service-entry.js';
import type { Report } from '../validate/report.js';
import type { PodOrController } from './pods.js';
import { qualifyHost } from './short-name.js';

type Services = ReadonlyMap<string, RegistryService>;

/** A selector that takes nothing of what the files have. */
export function remarkOnSelector(entry: ServiceEntry, services: Services, report: Report): void {
  const { workloadSelector, hosts, endpoints } = entry.spec;
  if (workloadSelector === undefined || endpoints.length > 0) return;
  const own = hosts.map((host) => services.get(host.toLowerCase())).filter((service) => isOf(service, entry));
  if (own.length === 0 || own.some((service) => (service?.instances.length ?? 0) > 0)) return;
  report.warning(
    'selector-not-honoured',
    'spec.workloadSelector',
    `no WorkloadEntry of ${entry.metadata.namespace} in these files, and no Pod with an address, has the labels ${textOf(workloadSelector)}: requests get 503 here. Write a WorkloadEntry, or endpoints with addresses instead.`,
  );
}

/** A Service that selects none of the pods and pod templates that its namespace has in the files. */
export function remarkOnServiceSelector(
  { spec, metadata }: Service,
  { pods, slices }: { pods: readonly PodOrController[]; slices: readonly EndpointSlice[] },
  report: Report,
): void {
  const own = pods.filter(({ namespace }) => namespace === metadata.namespace);
  if (Object.keys(spec.selector).length === 0 || own.length === 0) return;
  if (own.some(({ labels }) => isSubset(spec.selector, labels)) || slices.some(isSliceOf(metadata))) return;
  const labels = variety(
    own.map((pod) => pod.labels),
    spec.selector,
  );
  report.warning(
    'service-without-workload',
    'spec.selector',
    `no pod of ${metadata.namespace} in these files, and no template of one, has the labels ${textOf(spec.selector)} (they have ${labels}): requests to the Service get 503. Write labels that its pods have.`,
  );
}

function isSliceOf({ namespace, name }: Service['metadata']): (slice: EndpointSlice) => boolean {
  return ({ metadata }) =>
    metadata.namespace === namespace && metadata.labels['kubernetes.io/service-name'] === name;
}

function isOf(service: RegistryService | undefined, document: Document): boolean {
  return service?.document === document;
}

/** Subsets that nothing belongs to, as far as the files say what there is (istioctl's IST0173). */
export function remarkOnSubsets(
  { spec, metadata }: DestinationRule,
  services: Services,
  report: Report,
): void {
  const service = services.get(qualifyHost(spec.host, metadata.namespace).toLowerCase());
  if (service === undefined || service.headless) return;
  const { instances, workloads } = service;
  const known = instances.length > 0 ? instances.map(({ labels }) => labels) : workloads;
  if (known.length === 0) return;
  spec.subsets.forEach(({ name, labels }, index) => {
    const own = withoutPlaces(labels);
    if (known.some((found) => isSubset(own, found))) return;
    report.warning(
      'subset-without-workload',
      `spec.subsets[${index}].labels`,
      `nothing behind ${service.host} has the labels ${textOf(labels)} (${instances.length > 0 ? 'its endpoints' : 'its pods and their templates'} have ${variety(known, labels)}): requests to the subset ${name} get 503. ${advice(service)}`,
    );
  });
}

/** Labels that istiod adds by where a workload runs, which no file says (istio, pilot/pkg/serviceregistry/util/label AugmentLabels). */
function withoutPlaces(labels: Labels): Labels {
  const isPlace = (key: string) => key.startsWith('topology.') || key === 'kubernetes.io/hostname';
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isPlace(key)));
}

function advice({ kind, instances }: RegistryService): string {
  if (kind === 'ServiceEntry') return 'Write labels that its endpoints have.';
  return instances.length > 0
    ? 'An endpoint has the labels of the pod that its targetRef names, else those of its EndpointSlice.'
    : 'Write labels that its pods have.';
}

/** What the labels of a subset are instead, for its keys; a few of them. */
function variety(known: readonly Labels[], wanted: Labels): string {
  const texts = known.map((labels) =>
    textOf(Object.fromEntries(Object.keys(wanted).map((key) => [key, labels[key]]))),
  );
  const different = [...new Set(texts)].slice(0, 5);
  return different.join('; ');
}

function textOf(labels: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(labels)
    .map(([key, value]) => (value === undefined ? `no ${key}` : `${key}=${value}`))
    .join(',');
}
