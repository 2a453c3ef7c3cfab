import { quote } from '../../fields/describe.js';
import type { HttpRule, VirtualService } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';
import { remarkOnPaths } from './odd-paths.js';

/** What a rule says and does not do. */
export function remarkOnEffects({ spec }: VirtualService, report: Report): void {
  spec.http.forEach((rule, index) => {
    warnOfWeights(rule, `spec.http[${index}].route`, report);
    warnOfFaults(rule, `spec.http[${index}].fault`, report);
    warnOfUnretriedFault(rule, `spec.http[${index}].retries`, report);
    warnOfTryTimeout(rule, `spec.http[${index}].retries.perTryTimeout`, report);
    warnOfOrigins(rule, `spec.http[${index}].corsPolicy`, report);
    warnOfStars(rule, `spec.http[${index}].corsPolicy`, report);
    remarkOnPaths(rule, `spec.http[${index}]`, report);
  });
}

/** An Origin is a scheme and a host, with a port where it is not the usual one, and nothing behind them (RFC 6454 7). */
function warnOfOrigins({ corsPolicy }: HttpRule, path: string, report: Report): void {
  corsPolicy?.allowOrigins.forEach((origin, index) => {
    if (origin.kind !== 'exact' || /^(?:\*|null|[a-z][a-z0-9+.-]*:\/\/[^/]+)$/i.test(origin.value)) return;
    const [host] = origin.value.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').split('/');
    report.warning(
      'origin-never-matches',
      `${path}.allowOrigins[${index}].exact`,
      `no browser sends the origin ${quote(origin.value)}: it is a scheme and a host, without a path. Write for instance exact: https://${host || 'example.com'}.`,
    );
  });
}

/**
 * With credentials, browsers take `*` for a literal name (Fetch standard, "CORS protocol and credentials"). To a preflight Envoy answers a list
 * of `*` alone with what was asked for (recorded: `cors-any`), but not one with other names beside it.
 */
function warnOfStars({ corsPolicy }: HttpRule, path: string, report: Report): void {
  if (corsPolicy?.allowCredentials !== true) return;
  for (const list of ['allowHeaders', 'allowMethods', 'exposeHeaders'] as const) {
    const names = corsPolicy[list];
    const index = names.indexOf('*');
    if (index >= 0 && (list === 'exposeHeaders' || names.length > 1))
      report.warning(
        'cors-star-with-credentials',
        `${path}.${list}[${index}]`,
        `with allowCredentials browsers take * as a literal name, so it matches nothing here. Write ${list === 'exposeHeaders' ? 'the names' : 'the names alone, or * alone'}, or leave allowCredentials out.`,
      );
  }
}

/** Envoy passes over a timeout of a try that is not shorter than that of the whole (router.cc, FilterUtility::finalTimeout). */
function warnOfTryTimeout({ timeout = 0, retries }: HttpRule, path: string, report: Report): void {
  const { attempts = 0, perTryTimeout = 0 } = retries ?? {};
  if (timeout > 0 && attempts > 0 && perTryTimeout >= timeout)
    report.warning(
      'try-timeout-without-effect',
      path,
      `the whole request is over after its timeout of ${seconds(timeout)}, before a try of ${seconds(perTryTimeout)} is: a slow try is never repeated. Write a timeout that has room for several tries, or a shorter perTryTimeout.`,
    );
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

function warnOfWeights({ route }: HttpRule, path: string, report: Report): void {
  const [only] = route;
  if (route.length === 1 && only?.weight !== undefined && only.weight !== 100)
    report.warning(
      'weight-without-effect',
      `${path}[0].weight`,
      `a single destination gets every request, whatever its weight; add the destination of the other ${100 - only.weight} %, or leave the weight out.`,
    );
  if (route.length < 2) return;
  route.forEach(({ weight }, index) => {
    if (weight === undefined)
      report.warning(
        'weight-without-effect',
        `${path}[${index}]`,
        'beside others a destination without a weight gets nothing; write its weight.',
      );
  });
}

/** Faults come before the router, which alone retries (Envoy's filter order). */
function warnOfUnretriedFault({ fault, retries }: HttpRule, path: string, report: Report): void {
  if (fault?.abort !== undefined && (retries?.attempts ?? 0) > 0)
    report.warning(
      'fault-not-retried',
      path,
      'injected failures go back to the application at once: retries do not apply to them. To try the retries out, let the service itself fail.',
    );
}

function warnOfFaults({ fault }: HttpRule, path: string, report: Report): void {
  const { abort, delay } = fault ?? {};
  if (abort !== undefined && abort.percentage === undefined)
    report.warning(
      'fault-never-fires',
      `${path}.abort`,
      'without a percentage no request is aborted; write percentage: { value: 100 }.',
    );
  if (delay !== undefined && delay.percentage === undefined && delay.percent === undefined)
    report.warning(
      'fault-never-fires',
      `${path}.delay`,
      'without a percentage no request is delayed; write percentage: { value: 100 }.',
    );
}
