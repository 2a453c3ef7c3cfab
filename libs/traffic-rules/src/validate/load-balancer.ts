import { quote } from '../fields/describe.js';
import type { LoadBalancer } from '../resources/destination-rule.js';
import { validateDuration } from './duration.js';
import { warnOfHashPolicy } from './envoy.js';
import { validateLocality, validateZoneAware } from './locality.js';
import type { Report } from './report.js';
import { refuseUnsafeCookie } from './wire-safety.js';

export function validateLoadBalancer(
  balancer: LoadBalancer | undefined,
  detectsOutliers: boolean,
  path: string,
  report: Report,
): void {
  if (balancer === undefined) return;
  validateHash(balancer, `${path}.consistentHash`, report);
  validateLocality(balancer.localityLbSetting, detectsOutliers, `${path}.localityLbSetting`, report);
  validateZoneAware(balancer, detectsOutliers, `${path}.zoneAwareLbSetting`, report);
  validateWarmup(balancer.warmup, `${path}.warmup`, report);
}

function validateHash({ consistentHash, hashTable }: LoadBalancer, path: string, report: Report): void {
  if (consistentHash?.kind === 'cookie' && consistentHash.name === '')
    report.error(
      'load-balancer-invalid',
      `${path}.httpCookie`,
      'the cookie has no name; write httpCookie: { name: user, ttl: 0s }.',
    );
  if (consistentHash?.kind === 'cookie') validateAttributes(consistentHash.attributes, path, report);
  if (consistentHash !== undefined) {
    warnOfHashPolicy(consistentHash, path, report);
    refuseUnsafeCookie(consistentHash, path, report);
  }
  if (hashTable === undefined) return;
  const { deprecatedRingSize, algorithm, maglevTableSize } = hashTable;
  if (deprecatedRingSize !== undefined)
    report.warning(
      'field-deprecated',
      `${path}.minimumRingSize`,
      'minimumRingSize is deprecated here; write ringHash: { minimumRingSize: 1024 }.',
    );
  if (deprecatedRingSize !== undefined && algorithm !== undefined)
    report.error(
      'load-balancer-invalid',
      `${path}.minimumRingSize`,
      `minimumRingSize does not go with ${algorithm}; keep one of the two.`,
    );
  if (algorithm === 'maglev') validateMaglev(maglevTableSize ?? 0, `${path}.maglev.tableSize`, report);
}

function validateAttributes(
  attributes: ReadonlyArray<{ name?: string }> = [],
  path: string,
  report: Report,
): void {
  const names = new Set<string>();
  for (const [index, { name = '' }] of attributes.entries()) {
    if (name === '')
      report.error(
        'load-balancer-invalid',
        `${path}.httpCookie.attributes[${index}]`,
        'the attribute has no name; write for instance name: SameSite and value: Strict.',
      );
    else if (names.has(name))
      report.error(
        'load-balancer-invalid',
        `${path}.httpCookie.attributes[${index}].name`,
        `the cookie has the attribute ${quote(name)} twice; write it once.`,
      );
    names.add(name);
  }
}

const maglevLimit = 5_000_011;

function validateMaglev(size: number, path: string, report: Report): void {
  if (size >= maglevLimit || !isPrime(size))
    report.error(
      'load-balancer-invalid',
      path,
      `the table size is ${size}; write a prime number below ${maglevLimit}, for instance 65537.`,
    );
}

function isPrime(number: number): boolean {
  if (number !== 0 && number < 4) return true;
  if (number % 2 === 0) return false;
  for (let factor = 3; factor * factor <= number; factor += 2) if (number % factor === 0) return false;
  return true;
}

function validateWarmup(warmup: LoadBalancer['warmup'], path: string, report: Report): void {
  if (warmup === undefined) return;
  if (warmup.duration === undefined)
    report.error('load-balancer-invalid', path, 'the warm-up has no duration; write duration: 30s.');
  else validateDuration(warmup.duration, `${path}.duration`, report);
  if ((warmup.minimumPercent ?? 0) > 100)
    report.error(
      'percentage-invalid',
      `${path}.minimumPercent`,
      `the percentage is ${warmup.minimumPercent}; write a number from 0 to 100.`,
    );
  if (warmup.aggression !== undefined && warmup.aggression <= 0)
    report.error(
      'load-balancer-invalid',
      `${path}.aggression`,
      `aggression is ${warmup.aggression}; write 1 or more.`,
    );
}
