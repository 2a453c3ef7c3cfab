import { token } from './token.js';

/** A head that may not be sent: what is wrong with it, and what to show of it. */
export class UnsendableHead extends Error {
  override name = 'UnsendableHead';

  constructor(
    readonly part: 'target' | 'authority' | 'header name' | 'header value',
    /** The target, the authority, or the name of the header. */
    readonly shown: string,
  ) {
    super(`invalid ${part}: ${shown}`);
  }
}

/** What a header's name means to a codec. */
export type NameKind =
  | 'plain'
  | 'content-length'
  | 'transfer-encoding'
  /** In responses, only the proxy writes it. */
  | 'own'
  /** It may not be sent. */
  | 'invalid';

const special: ReadonlyMap<string, NameKind> = new Map<string, NameKind>([
  ['content-length', 'content-length'],
  ['transfer-encoding', 'transfer-encoding'],
  ['connection', 'own'],
  ['proxy-connection', 'own'],
  ['upgrade', 'own'],
]);

/** The kinds of names seen so far: most messages have the same few dozen. */
const seen = new Map<string, NameKind>();
const mostSeen = 1000;

export function nameKind(name: string): NameKind {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const kind = token.test(name) ? (special.get(name.toLowerCase()) ?? 'plain') : 'invalid';
  if (seen.size < mostSeen) seen.set(name, kind);
  return kind;
}

const sendableTarget = /^(?:\/[\x21-\x7e]*|\*)$/;
const sendableAuthority = /^[\x21-\x7e\x80-\xff]*$/;
/** A tab, and every visible byte: neither a line end nor what Latin-1 would cut to one. */
const sendableValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws UnsendableHead. */
export function checkTarget(path: string, authority: string): void {
  if (!sendableTarget.test(path)) throw new UnsendableHead('target', path);
  if (!sendableAuthority.test(authority)) throw new UnsendableHead('authority', authority);
}

/** Throws UnsendableHead. */
export function checkValue(name: string, value: string): void {
  if (!sendableValue.test(value)) throw new UnsendableHead('header value', name);
}

/** Whether a content-length stands among headers, names and values in turn. */
export function declaresLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2)
    if (nameKind(headers[i] as string) === 'content-length') return true;
  return false;
}
