import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

/** English first: it is what a client gets that names none of them. */
const languages = ['en', 'zh'] as const;
export type MediaLanguage = (typeof languages)[number];

/**
 * True when the client would rather have HTML than text, and says so by name.
 * A client that accepts anything (curl's `Accept: *\/*`, or no Accept at all) is a program and gets text.
 */
export function prefersHtml(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType(['text/plain', 'text/html']) === 'text/html';
}

/** The language for text: the one that the client would rather have, else English. */
export function preferredLanguage(headers: IncomingHttpHeaders): MediaLanguage {
  const preferred = new Negotiator({ headers }).language([...languages]);
  return languages.find((language) => language === preferred) ?? 'en';
}
