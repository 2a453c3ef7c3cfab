import { quote } from '../fields/describe.js';
import type { LoadBalancer, LocalityLoadBalancing } from '../resources/destination-rule.js';
import type { Report } from './report.js';

const topologyLabels = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
];
const code = 'load-balancer-invalid';

/** Where traffic goes by region and zone (istio, agent/validation.go ValidateLocalityLbSetting). */
export function validateLocality(
  locality: LocalityLoadBalancing | undefined,
  detectsOutliers: boolean,
  path: string,
  report: Report,
): void {
  if (locality === undefined) return;
  const { distribute = [], failover = [], failoverPriority = [] } = locality;
  if (distribute.length > 0 && failover.length > 0) {
    report.error(code, path, 'distribute and failover exclude each other; keep one of the two.');
    return;
  }
  const taken = failoverPriority.find((label) => topologyLabels.includes(label));
  if (failover.length > 0 && taken !== undefined) {
    report.error(
      code,
      `${path}.failoverPriority`,
      `${taken} does not go with failover; keep one of the two.`,
    );
    return;
  }
  validateDistribution(distribute, `${path}.distribute`, report);
  validateFailover(locality, detectsOutliers, path, report);
}

/** Zones by Envoy's own reckoning: regions, zones and subzones are not for the user to order. */
export function validateZoneAware(
  { zoneAwareLbSetting: zoneAware, localityLbSetting }: LoadBalancer,
  detectsOutliers: boolean,
  path: string,
  report: Report,
): void {
  if (zoneAware === undefined) return;
  if (localityLbSetting !== undefined)
    report.error(
      code,
      path,
      'zoneAwareLbSetting and localityLbSetting exclude each other; keep one of the two.',
    );
  const taken = zoneAware.failoverPriority?.find((label) => topologyLabels.includes(label));
  if (taken !== undefined)
    report.error(
      code,
      `${path}.failoverPriority`,
      `${taken} is ordered by zoneAwareLbSetting itself; leave it out.`,
    );
  validateFailover(zoneAware, detectsOutliers, path, report);
}

function validateFailover(
  { failover = [], failoverPriority = [] }: Pick<LocalityLoadBalancing, 'failover' | 'failoverPriority'>,
  detectsOutliers: boolean,
  path: string,
  report: Report,
): void {
  if (failover.length + failoverPriority.length > 0 && !detectsOutliers)
    report.warning(
      code,
      path,
      'failover does nothing without outlierDetection; write outlierDetection as well.',
    );
  failover.forEach(({ from = '', to = '' }, index) => {
    if (from === to || /[/*]/.test(from + to))
      report.error(
        code,
        `${path}.failover[${index}]`,
        'failover goes from one region to another; write two different names without "/" and "*".',
      );
  });
}

function validateDistribution(
  distribute: NonNullable<LocalityLoadBalancing['distribute']>,
  path: string,
  report: Report,
): void {
  for (const [index, { to = {} }] of distribute.entries()) {
    const weights = Object.values(to);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (weights.some((weight) => weight < 1 || weight > 100) || total !== 100) {
      report.error(
        code,
        `${path}[${index}].to`,
        `the weights sum to ${total}; write numbers from 1 to 100 that sum to 100.`,
      );
      return;
    }
    validateLocalities(Object.keys(to), `${path}[${index}].to`, report);
  }
  validateLocalities(
    distribute.map(({ from = '' }) => from),
    path,
    report,
  );
}

/** No locality may overlap one before it in the list (istio, agent/validation.go validateLocalities). */
function validateLocalities(localities: readonly string[], path: string, report: Report): void {
  const seen = new Set<string>();
  for (const locality of localities) {
    const [region = '', zone, ...subzone] = locality.split('/');
    const parts = [region, zone, subzone.length > 0 ? subzone.join('/') : undefined].filter(
      (part) => part !== undefined,
    );
    const problem = localityProblem(locality, parts, seen);
    if (problem !== undefined) {
      report.error(
        code,
        path,
        `the locality ${quote(locality)} ${problem}; write region/zone/subzone, with "*" at the end for all.`,
      );
      return;
    }
    const named = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    for (const place of [...named, ...(parts.length < 3 ? [`${locality}/*`] : [])]) seen.add(place);
  }
}

function localityProblem(
  locality: string,
  parts: readonly string[],
  seen: ReadonlySet<string>,
): string | undefined {
  if (/\*./.test(locality)) return 'has a "*" before its end';
  if (parts.includes('')) return 'has an empty part';
  // A region covers its zones, and a zone its subzones; the reverse counts as an overlap only for the very same name.
  const covering = parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join('/')}/*`);
  return ['*', ...covering, locality].some((place) => seen.has(place))
    ? 'overlaps one before it in the list'
    : undefined;
}
