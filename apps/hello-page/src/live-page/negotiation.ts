import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

/**
 * True when the client would rather have HTML than text, and says so by name.
 * A client that accepts anything (curl's `Accept: *\/*`, or no Accept at all) is a program and gets text.
 */
export function prefersHtml(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType(['text/plain', 'text/html']) === 'text/html';
}

/**
 * The language for text that the client would rather have; undefined where it accepts none of them.
 * @param offered the one for a client that names none first
 */
export function preferredLanguage<Language extends string>(
  headers: IncomingHttpHeaders,
  offered: readonly Language[],
): Language | undefined {
  const preferred = new Negotiator({ headers }).language([...offered]);
  return offered.find((language) => language === preferred);
}
