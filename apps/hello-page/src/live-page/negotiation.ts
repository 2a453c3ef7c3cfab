import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';

export type MediaLanguage = 'en' | 'zh';

/**
 * True when the client would rather have HTML than text, and says so by name.
 * A client that accepts anything (curl's `Accept: *\/*`, or no Accept at all) is a program and gets text.
 */
export function prefersHtml(headers: IncomingHttpHeaders): boolean {
  return new Negotiator({ headers }).mediaType(['text/plain', 'text/html']) === 'text/html';
}

/** The language for text: English unless the client would rather have Chinese. */
export function preferredLanguage(headers: IncomingHttpHeaders): MediaLanguage {
  return new Negotiator({ headers }).language(['en', 'zh']) === 'zh' ? 'zh' : 'en';
}
