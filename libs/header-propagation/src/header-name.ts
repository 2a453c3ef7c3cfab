import { HeaderPropagationError } from './errors.js';
import { show } from './option-checks.js';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/** Headers of one connection or one message: sent on, they would break the framing of another (RFC 9110, 7.6.1). */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers that let their receiver act as the caller. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
]);

/**
 * The name in lower case, as Node spells incoming headers.
 *
 * @throws HeaderPropagationError when it is not a header name, a wildcard, or a header that belongs to one connection
 */
export function headerName(name: string, where: string): string {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  if (lower.includes('*')) {
    throw new HeaderPropagationError(
      'WILDCARD_NOT_ALLOWED',
      `${where}: "${name}" would let any caller choose what is sent on. Name each header.`,
    );
  }
  if (!TOKEN.test(lower)) {
    throw new HeaderPropagationError(
      'INVALID_HEADER_NAME',
      `${where}: ${show(name)} is not a header name. Write letters, digits and hyphens, such as "x-request-id".`,
    );
  }
  if (CONNECTION_HEADERS.has(lower)) {
    throw new HeaderPropagationError(
      'CONNECTION_HEADER',
      `${where}: "${lower}" describes one connection and cannot be sent on over another. Remove the rule, or send its value under another name with { from, to }.`,
    );
  }
  return lower;
}
