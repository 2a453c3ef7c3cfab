import type { Destination } from '../resources/virtual-service.js';
import { validateDestination } from './destination.js';
import type { Report } from './report.js';

/** A split: each destination, and the weights together. They need not sum to 100. */
export function validateSplit(
  split: ReadonlyArray<{ destination: Destination; weight?: number }>,
  path: string,
  report: Report,
): void {
  // Go adds in 32 bits, and so does the check of the sum.
  let total = 0;
  for (const [index, { destination, weight = 0 }] of split.entries()) {
    validateDestination(destination, `${path}[${index}].destination`, report);
    if (weight < 0)
      report.error(
        'weight-negative',
        `${path}[${index}].weight`,
        `the weight is ${weight}; write 0 or more.`,
      );
    total = (total + weight) | 0;
  }
  if (split.length > 1 && total === 0)
    report.error(
      'weights-zero',
      path,
      'the weights of these destinations sum to 0; give each its share, for instance weight: 90 and weight: 10.',
    );
}
