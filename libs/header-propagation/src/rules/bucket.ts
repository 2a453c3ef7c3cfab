import { hash } from 'node:crypto';
import { HeaderPropagationError } from '../errors.js';
import { encodeFieldValue } from '../field-value.js';
import { reading, show } from '../option-checks.js';

/** How a value becomes a bucket. */
export interface BucketOptions {
  /** Keeps the buckets of two releases independent: with one salt, the same users come first in both. */
  readonly salt: string;
  /** Decimal digits of the bucket, 1 to 9. Default 4: `0000` to `9999`. */
  readonly digits?: number;
}

export const DEFAULT_DIGITS = 4;

/** Hexadecimal digits of the hash that count: 48 bits, which a JavaScript number holds exactly. */
const HASH_DIGITS = 12;

/**
 * The bucket of a value, for people and programs that compute it elsewhere: the first 12 hexadecimal digits of
 * SHA-256 over the UTF-8 bytes of `salt`, a colon and the value, as a number, modulo 10^digits, with zeros in front.
 * In a shell: `printf %s:%s "$salt" "$user" | sha256sum | cut -c1-12`, then `printf %04d $((0x... % 10000))`.
 *
 * Uniform, the same in every service, and stable as long as the salt is.
 *
 * @throws HeaderPropagationError when the salt is missing or the digits are not 1 to 9
 */
export function bucketOf(value: string, options: BucketOptions): string {
  const place = { path: 'bucketOf', code: 'INVALID_RULE' } as const;
  if (typeof value !== 'string')
    throw new HeaderPropagationError(place.code, `bucketOf: ${show(value)} is not text. Write a string.`);
  reading(place, () => checkBucketOptions(options?.salt, options?.digits, place.path));
  return bucketOfBytes(encodeFieldValue(value), options);
}

/** `bucketOf` for a value that is in its form for the wire already: one character for each byte. */
export function bucketOfBytes(bytes: string, { salt, digits = DEFAULT_DIGITS }: BucketOptions): string {
  const digest = hash('sha256', Buffer.from(`${encodeFieldValue(salt)}:${bytes}`, 'latin1'), 'hex');
  const bucket = Number.parseInt(digest.slice(0, HASH_DIGITS), 16) % 10 ** digits;
  return String(bucket).padStart(digits, '0');
}

/** @throws HeaderPropagationError when one of them is wrong */
export function checkBucketOptions(salt: unknown, digits: unknown = DEFAULT_DIGITS, where: string): void {
  if (typeof salt !== 'string' || salt === '') {
    throw new HeaderPropagationError(
      'INVALID_RULE',
      `${where}.salt: ${show(salt)} is not a salt. Write a text that names the release, the same in every service, such as "hello-2".`,
    );
  }
  if (Number.isInteger(digits) && (digits as number) >= 1 && (digits as number) <= 9) return;
  throw new HeaderPropagationError(
    'INVALID_RULE',
    `${where}.digits: ${show(digits)} is not a number of digits. Write a whole number from 1 to 9; 4 gives 0000 to 9999.`,
  );
}
