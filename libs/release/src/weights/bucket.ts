/** The first buckets, of all that a number of digits gives, that a share takes. */
export interface Bucket {
  /** Buckets 0 to k - 1 belong to the share. */
  k: number;
  /** The share that they are, in percent: the wanted one, or the nearest that the digits allow. */
  share: number;
}

/**
 * How many of the buckets a share of the users takes. The buckets of a smaller share are among those of a larger one, so that nobody changes sides
 * twice.
 */
export function bucketOf(percent: number, digits: number, base = 10): Bucket {
  const all = base ** digits;
  const k = Math.round((percent / 100) * all);
  return { k, share: Number(((k / all) * 100).toFixed(6)) };
}

/**
 * A regular expression, for a whole value, that holds for exactly the numbers below k, written with so many digits. RE2's syntax.
 * At most 33 characters for three decimal digits and 50 for four. Undefined for k = 0: nothing is below.
 */
export function belowRegex(k: number, digits: number): string | undefined {
  if (k >= 10 ** digits) return `[0-9]{${digits}}`;
  const text = String(k).padStart(digits, '0');
  const alternatives = [...text].flatMap((digit, index) => {
    if (digit === '0') return [];
    return [text.slice(0, index) + below(Number(digit)) + anyDigits(digits - index - 1)];
  });
  return alternatives.length === 0 ? undefined : alternatives.join('|');
}

/**
 * The same for the first hexadecimal digits of a text, without what follows: `0|1[0-8]` for the first 25 of 256.
 * Undefined for k = 0.
 */
export function belowHexPrefix(k: number, digits: number): string | undefined {
  if (k >= 16 ** digits) return '[0-9a-f]';
  const text = k.toString(16).padStart(digits, '0');
  const alternatives = [...text].flatMap((digit, index) =>
    digit === '0' ? [] : [text.slice(0, index) + belowHex(Number.parseInt(digit, 16))],
  );
  return alternatives.length === 0 ? undefined : alternatives.join('|');
}

function below(digit: number): string {
  if (digit === 1) return '0';
  return digit === 2 ? '[01]' : `[0-${digit - 1}]`;
}

function belowHex(digit: number): string {
  if (digit <= 10) return below(digit);
  return digit === 11 ? '[0-9a]' : `[0-9a-${(digit - 1).toString(16)}]`;
}

function anyDigits(count: number): string {
  if (count === 0) return '';
  return count === 1 ? '[0-9]' : `[0-9]{${count}}`;
}
