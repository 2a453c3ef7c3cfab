import type { Report } from './report.js';

/** At least a millisecond, in whole milliseconds. */
export function validateDuration(milliseconds: number, path: string, report: Report): void {
  if (milliseconds < 1)
    report.error(
      'duration-invalid',
      path,
      `the duration is ${milliseconds}ms; write at least 1ms, or leave the field out.`,
    );
  else if (!Number.isInteger(milliseconds))
    report.error('duration-invalid', path, `the duration is ${milliseconds}ms; write whole milliseconds.`);
}

/** Checks the durations among the fields that are written. */
export function validateDurations(
  fields: object,
  names: readonly string[],
  path: string,
  report: Report,
): void {
  for (const [name, value] of Object.entries(fields))
    if (names.includes(name) && typeof value === 'number') validateDuration(value, `${path}.${name}`, report);
}
