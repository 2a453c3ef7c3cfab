import { quote } from '../fields/describe.js';
import type { ConsistentHash } from '../resources/destination-rule.js';
import type { HeaderOperations, Headers } from '../resources/virtual-service.js';
import { member, type Report } from './report.js';

/** RFC 9110 5.6.2. Istio's class for the names to match on is a little wider. */
const token = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const framing = ['content-length', 'transfer-encoding'];

/**
 * What Istio and Envoy both let through although it breaks the bytes on the wire (recorded: `http-set-content-length-request`,
 * `http-set-hop-request`, `http-crlf-header-name`). Framing by rule is refused on our own account.
 */
export function checkWrittenHeaders(headers: Headers | undefined, path: string, report: Report): void {
  for (const side of ['request', 'response'] as const) {
    const operations = headers?.[side];
    if (operations === undefined) continue;
    refuseFraming(operations, `${path}.${side}`, report);
    for (const operation of ['set', 'add'] as const)
      for (const name of Object.keys(operations[operation]))
        warnOfName(name, side, member(`${path}.${side}.${operation}`, name), report);
  }
}

function refuseFraming(operations: HeaderOperations, path: string, report: Report): void {
  for (const operation of ['set', 'add'] as const)
    for (const name of Object.keys(operations[operation]))
      if (framing.includes(name.toLowerCase()))
        report.error(
          'header-breaks-framing',
          member(`${path}.${operation}`, name),
          `a rule that writes ${name} contradicts the body that follows: the receiver hangs, or takes the rest of the body for another request. Istio and Envoy accept it; leave it out, the proxy writes it itself.`,
        );
}

/** Neither Istio nor Envoy checks the names to write for more than line breaks. */
function warnOfName(name: string, side: 'request' | 'response', path: string, report: Report): void {
  // Pseudo-headers, empty names and line breaks have issues of their own.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name === '' || name.startsWith(':') || /[\u0000\r\n]/.test(name) || token.test(name)) return;
  const effect =
    side === 'request'
      ? 'Envoy answers every request of this rule with 503 "invalid header name"'
      : 'clients may refuse every response of this rule';
  report.warning(
    'header-name-not-sent',
    path,
    `${quote(name)} is not a header name, and ${effect}; write letters, digits and "-", without blanks.`,
  );
}

// RFC 6265 4.1.1: what ends a cookie's name or path, or the header line that it is written in.
const cookieNameDelimiter = /[^\u0021-\u007e]|[;=,]/;
const cookiePathDelimiter = /[^\u0020-\u007e]|;/;

/** Recorded: a line break in the cookie's name or path becomes a response header of its own (`http-crlf-hash-cookie-*`). */
export function refuseUnsafeCookie(hash: ConsistentHash, path: string, report: Report): void {
  if (hash.kind !== 'cookie') return;
  const wrong = [
    { field: 'name', text: hash.name, delimiter: cookieNameDelimiter, example: 'user' },
    { field: 'path', text: hash.path ?? '', delimiter: cookiePathDelimiter, example: '/' },
  ].filter(({ text, delimiter }) => delimiter.test(text));
  for (const { field, text, example } of wrong)
    report.error(
      'cookie-unsafe',
      `${path}.httpCookie.${field}`,
      `the cookie's ${field} ${quote(text)} would end its place in the set-cookie header and write something else there. Istio and Envoy accept it; write printable ASCII without ";", for instance ${field}: ${example}.`,
    );
}
