import type { HttpRule } from '../resources/virtual-service.js';
import { validateDestination } from './destination.js';
import type { Report } from './report.js';

export function validateMirrors(rule: HttpRule, path: string, report: Report): void {
  if (rule.mirrorPercent !== undefined)
    report.warning(
      'field-deprecated',
      `${path}.mirrorPercent`,
      `mirrorPercent is deprecated; write mirrorPercentage: { value: ${rule.mirrorPercent} }.`,
    );
  if (rule.mirrorPercent !== undefined && rule.mirrorPercent > 100)
    report.error(
      'percentage-invalid',
      `${path}.mirrorPercent`,
      `mirrorPercent is ${rule.mirrorPercent}; write a number from 0 to 100.`,
    );
  else validatePercentage(rule.mirrorPercentage, `${path}.mirrorPercentage.value`, report);
  if (rule.mirror !== undefined) validateDestination(rule.mirror, `${path}.mirror`, report);
  rule.mirrors.forEach((mirror, index) => {
    validateDestination(mirror.destination, `${path}.mirrors[${index}].destination`, report);
    validatePercentage(mirror.percentage, `${path}.mirrors[${index}].percentage.value`, report);
  });
}

function validatePercentage(percentage: number | undefined, path: string, report: Report): void {
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    report.error(
      'percentage-invalid',
      path,
      `the percentage is ${percentage}; write a number from 0 to 100.`,
    );
}
