import type { HttpRule, VirtualService } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';

/** What a rule says and does not do. */
export function remarkOnEffects({ spec }: VirtualService, report: Report): void {
  spec.http.forEach((rule, index) => {
    warnOfWeights(rule, `spec.http[${index}].route`, report);
    warnOfFaults(rule, `spec.http[${index}].fault`, report);
  });
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
