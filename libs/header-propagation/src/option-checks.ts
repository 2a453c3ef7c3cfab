import { HeaderPropagationError, type HeaderPropagationErrorCode } from './errors.js';

/** Where a value stands in the options, such as `rules[1].filter`, and the code that its errors have. */
export interface Place {
  readonly path: string;
  readonly code: HeaderPropagationErrorCode;
}

/**
 * What is read of values that others made: a getter or a proxy among them may throw.
 *
 * @throws HeaderPropagationError with the place, instead of any other error
 */
export function reading<T>({ path, code }: Place, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof HeaderPropagationError) throw error;
    const what = error instanceof Error ? error.message : show(error);
    throw new HeaderPropagationError(
      code,
      `${path}: reading it failed: ${what}. Write plain values, objects and lists.`,
    );
  }
}

/** @throws HeaderPropagationError when the value is not a plain object or has a key that nobody reads */
export function checkObject(value: unknown, known: readonly string[], { path, code }: Place): void {
  if (!isPlainObject(value)) {
    throw new HeaderPropagationError(
      code,
      `${path}: ${show(value)} is not an object. Write { ${known[0]}: ... }.`,
    );
  }
  for (const key of Object.keys(value)) {
    reading({ path: `${path}.${key}`, code }, () => Reflect.get(value, key));
    if (known.includes(key)) continue;
    const nearest = nearestOf(key, known);
    const advice = nearest === undefined ? `Known are ${known.join(', ')}.` : `Did you mean "${nearest}"?`;
    throw new HeaderPropagationError('UNKNOWN_OPTION', `${path}.${key}: unknown option. ${advice}`);
  }
}

/** An instance of a class of the application's, or what `import * as` gives, as well; a Map, a Promise or a Date is not. */
function isPlainObject(value: unknown): value is object {
  return /^\[object (?:Object|Module)\]$/.test(tagOf(value));
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/**
 * A function that answers at once: an async one would be asked, and its promise taken for an answer. So would a
 * generator's object, and a class cannot be asked at all.
 *
 * @throws HeaderPropagationError when the value is set and is not such a function
 */
export function checkFunction(value: unknown, { path, code }: Place, otherwise = 'a function'): void {
  if (value === undefined) return;
  if (typeof value !== 'function') {
    throw new HeaderPropagationError(
      code,
      `${path}: ${show(value)} is not allowed here. Write ${otherwise}.`,
    );
  }
  if (tagOf(value) === '[object GeneratorFunction]' || isClass(value)) {
    throw new HeaderPropagationError(
      code,
      `${path}: a class or a generator gives no answer when it is called. Write ${otherwise}.`,
    );
  }
  if (/^\[object Async/.test(tagOf(value))) {
    throw new HeaderPropagationError(
      code,
      `${path}: an async function answers too late. Write a synchronous one, and look up what it needs before the request arrives.`,
    );
  }
}

/** Whether a function can only be called with `new`. */
export function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

/** @throws HeaderPropagationError when the value is set and is not a regular expression */
export function checkRegExp(value: unknown, { path, code }: Place): void {
  if (value === undefined || value instanceof RegExp) return;
  // A RegExp of another realm (a vm context, as under Jest) is one as well.
  if (tagOf(value) === '[object RegExp]') return;
  throw new HeaderPropagationError(
    code,
    `${path}: ${show(value)} is not a regular expression. Write one that matches the whole value, such as /^[a-z0-9-]+$/.`,
  );
}

/** @throws HeaderPropagationError when the value is set and is not true or false */
export function checkBoolean(value: unknown, { path, code }: Place): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new HeaderPropagationError(code, `${path}: ${show(value)} is not allowed here. Write true or false.`);
}

/** @throws HeaderPropagationError when the value does not say where in a file something is */
export function checkPlace(value: unknown, { path, code }: Place): void {
  if (typeof value === 'string') return;
  throw new HeaderPropagationError(
    code,
    `${path}: ${show(value)} is not a place. Write where the rule is, such as "k8s/rule.yaml:12".`,
  );
}

/** @throws HeaderPropagationError when the value is not a list */
export function checkList(value: unknown, { path, code }: Place, example: string): void {
  if (Array.isArray(value)) return;
  throw new HeaderPropagationError(
    code,
    `${path}: ${show(value)} is not a list. Write one, such as [${example}].`,
  );
}

/** @throws HeaderPropagationError when the value is set and is not a whole number of at least `least` */
export function checkCount(value: unknown, { path, code }: Place, least: number, example: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= least)) return;
  throw new HeaderPropagationError(
    code,
    `${path}: ${show(value)} is not a limit. Write a whole number of at least ${least}, such as ${example}.`,
  );
}

/** The value as a message shows it, on one line and never long. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  // JSON has no NaN, no Infinity and none of these.
  if (['bigint', 'symbol', 'number'].includes(typeof value)) return String(value);
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** JSON throws for what refers to itself, for large integers, and whatever getters and proxies throw. */
function textOf(value: unknown): string {
  try {
    return value instanceof RegExp ? String(value) : (JSON.stringify(value) ?? 'undefined');
  } catch {
    return 'an object';
  }
}

/** The known name that a mistyped one is nearest to, if it is near enough to be meant. */
function nearestOf(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= (name.length < 4 ? 1 : Math.max(2, name.length / 3))
    ? best.candidate
    : undefined;
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    previous = current;
  }
  return previous[to.length] as number;
}
