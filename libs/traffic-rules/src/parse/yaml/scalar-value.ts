import type { ParsedNode } from './parser.js';
import { YamlError } from './reader.js';

const core = 'tag:yaml.org,2002:';

/** Plain scalars that are not texts; go-yaml takes no other spelling (`yEs` is a text). */
const words = new Map<string, null | boolean | number>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    (word) => [word, Number.POSITIVE_INFINITY] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** Only a text that begins so can be another thing than a text. */
const firstCharacters = /^[-+.0-9yYnNtTfFoO~]/;
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[-+]\d{2}:\d{2})?)?$/;

/**
 * What a scalar is, by the rules of go-yaml v2: YAML 1.1 without numbers to the base of 60, dates as texts, `010` as 8.
 * A tag that go-yaml does not know makes a text of it.
 * @throws YamlError where the tag does not go with the text
 */
export function scalarValue({ text, style, tag, start }: ParsedNode): null | boolean | number | string {
  if (tag === undefined) return style === 'plain' ? plainValue(text) : text;
  if (tag === `${core}binary`) return binaryText(text, start);
  if (!tag.startsWith(core)) return text;
  const wanted = tag.slice(core.length);
  if (wanted === 'str' || !['bool', 'int', 'float', 'null', 'timestamp'].includes(wanted)) return text;
  const value = plainValue(text);
  const kind = kindOf(value, text);
  if (kind === wanted || (wanted === 'float' && kind === 'int')) return value;
  throw new YamlError(
    start,
    `this is no ${wanted}, which its tag says; remove the tag, or correct the value`,
  );
}

function plainValue(text: string): null | boolean | number | string {
  if (text !== '' && !firstCharacters.test(text)) return text;
  const word = words.get(text);
  if (word !== undefined) return word;
  return numberOf(text) ?? text;
}

function kindOf(value: unknown, text: string): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return date.test(text) ? 'timestamp' : 'str';
  return integerOf(text.replaceAll('_', '')) === undefined ? 'float' : 'int';
}

function numberOf(text: string): number | undefined {
  // go-yaml leaves underscores in what begins with a dot, and finds no number there then.
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const integer = text.startsWith('.') ? undefined : integerOf(digits);
  if (integer !== undefined) return integer;
  if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

const radixes: readonly [RegExp, number][] = [
  [/^[-+]?0[bB]([01]+)$/, 2],
  [/^[-+]?0[oO]?([0-7]+)$/, 8],
  [/^[-+]?0[xX]([0-9a-fA-F]+)$/, 16],
];

/** Of up to 64 bits; a longer one is a float. */
function integerOf(digits: string): number | undefined {
  if (/^[-+]?(?:0|[1-9][0-9]*)$/.test(digits))
    return fits(BigInt(digits.replace('+', ''))) ? Number(digits) : undefined;
  for (const [form, radix] of radixes) {
    const written = form.exec(digits)?.[1];
    if (written === undefined) continue;
    const value = Number.parseInt(written, radix);
    return digits.startsWith('-') ? -value : value;
  }
  return undefined;
}

function fits(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 64n;
}

/** The text whose UTF-8 the base64 is. */
function binaryText(text: string, start: number): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact))
    throw new YamlError(start, 'this is not valid base64, which the tag !!binary requires');
  return Buffer.from(compact, 'base64').toString();
}
