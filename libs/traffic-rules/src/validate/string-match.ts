import type { StringMatch } from '../resources/string-match.js';
import { validateRegex } from './regex.js';
import { member, type Report } from './report.js';

/** An empty prefix is only allowed for the path. */
export function validateStringMatch(match: StringMatch | undefined, path: string, report: Report): void {
  if (match?.kind === 'prefix' && match.value === '')
    report.error(
      'match-value-empty',
      `${path}.prefix`,
      'the prefix is empty; write one, or {} for "present with any value".',
    );
  validateMatchRegex(match, path, report);
}

export function validateMatchRegex(match: StringMatch | undefined, path: string, report: Report): void {
  if (match?.kind === 'regex') validateRegex(match.value, `${path}.regex`, report);
}

export function validateStringMatches(
  matches: Readonly<Record<string, StringMatch>>,
  path: string,
  report: Report,
): void {
  for (const [name, match] of Object.entries(matches)) validateStringMatch(match, member(path, name), report);
}
