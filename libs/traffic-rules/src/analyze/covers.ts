import { parseRegex } from '../match/regex.js';
import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest } from '../resources/virtual-service.js';

/**
 * Whether every request that the later match takes is taken by the earlier one: each condition of the earlier one
 * follows from one of the later. False where it cannot be told (one regular expression within another).
 */
export function covers(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  return (
    (earlier.port === undefined || earlier.port === later.port) &&
    uriFollows(earlier, later) &&
    (['method', 'authority', 'scheme'] as const).every((field) => follows(earlier[field], later[field])) &&
    everyFollows(lowerCaseKeys(earlier.headers), lowerCaseKeys(later.headers)) &&
    everyFollows(earlier.queryParams, later.queryParams) &&
    absenceFollows(lowerCaseKeys(earlier.withoutHeaders), lowerCaseKeys(later.withoutHeaders))
  );
}

type Matches = Readonly<Record<string, StringMatch>>;

function everyFollows(earlier: Matches, later: Matches): boolean {
  return Object.entries(earlier).every(
    ([name, match]) => Object.hasOwn(later, name) && follows(match, later[name]),
  );
}

/** Whether a value that satisfies `later` satisfies `earlier` as well. */
function follows(earlier: StringMatch | undefined, later: StringMatch | undefined): boolean {
  if (earlier === undefined) return true;
  if (later === undefined) return false;
  if (earlier.kind === 'present') return true;
  if (later.kind === 'present') return false;
  if (earlier.kind === 'prefix') return later.kind !== 'regex' && later.value.startsWith(earlier.value);
  if (earlier.kind === 'exact') return later.kind === 'exact' && later.value === earlier.value;
  return later.kind === 'regex'
    ? later.value === earlier.value || earlier.value === '.*'
    : regexTakes(earlier.value, later);
}

/** Of a prefix only the simplest expression is known to take everything. */
function regexTakes(expression: string, { kind, value }: Exclude<StringMatch, { kind: 'present' }>): boolean {
  if (kind === 'prefix') return expression === '.*' && !value.includes('\n');
  return parseRegex(expression)?.testExact(value) === true;
}

function uriFollows(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  const { uri } = earlier;
  if (uri === undefined || uri.kind === 'present') return true;
  if (uri.kind === 'prefix' && (uri.value === '' || uri.value === '/')) return true;
  if (!earlier.ignoreUriCase || uri.kind === 'regex') return !isLooser(later) && follows(uri, later.uri);
  return follows(
    lowerCase(uri),
    later.uri === undefined || later.uri.kind === 'regex' ? later.uri : lowerCase(later.uri),
  );
}

/** Whether a match takes paths in letter cases that are not written. */
function isLooser({ uri, ignoreUriCase }: HttpMatchRequest): boolean {
  return ignoreUriCase && (uri?.kind === 'exact' || uri?.kind === 'prefix') && /[a-z]/i.test(uri.value);
}

function lowerCase(match: StringMatch): StringMatch {
  return match.kind === 'present' ? match : { kind: match.kind, value: match.value.toLowerCase() };
}

/** A header may not be there: the later match has to rule out at least as much. */
function absenceFollows(earlier: Matches, later: Matches): boolean {
  return Object.entries(earlier).every(([name, match]) => {
    const own = Object.hasOwn(later, name) ? later[name] : undefined;
    if (own === undefined) return false;
    if (isPresence(own))
      return isPresence(match) || (match.kind !== 'regex' && match.kind !== 'present' && match.value !== '');
    return (
      own.kind === match.kind &&
      own.kind !== 'present' &&
      match.kind !== 'present' &&
      own.value === match.value
    );
  });
}

function isPresence(match: StringMatch): boolean {
  return match.kind === 'present' || (match.kind === 'regex' && match.value === '*');
}

function lowerCaseKeys(matches: Matches): Matches {
  return Object.fromEntries(Object.entries(matches).map(([name, match]) => [name.toLowerCase(), match]));
}
