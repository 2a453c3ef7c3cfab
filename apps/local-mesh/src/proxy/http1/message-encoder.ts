import { reasonPhrase } from './reason-phrase.js';
import { token } from './syntax.js';

/** How a message that we write ends. It is decided by the proxy, after all rules: none of them can change it. */
export type OutgoingFraming =
  /** Neither header: a request without a body, 204, 1xx. */
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  /** The connection's end: for clients of HTTP/1.0, which know no chunks. */
  | { kind: 'until-close' };

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

export interface OutgoingRequest {
  method: string;
  path: string;
  authority: string;
  /** Names and values in turn, without the Host. */
  headers: readonly string[];
  framing: OutgoingFraming;
}

/** A request whose head has passed the checks of this file, ready for a connection. */
export interface EncodedRequest {
  readonly method: string;
  /** Latin-1. */
  readonly head: string;
  readonly chunked: boolean;
}

export interface OutgoingResponse {
  status: number;
  /** Names and values in turn. */
  headers: readonly string[];
  framing: OutgoingFraming;
  /** Tells the client that its connection ends after this answer. */
  close: boolean;
}

/** What a header's name means to the encoder. */
type NameKind =
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

function kindOf(name: string): NameKind {
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
export function encodeRequest({
  method,
  path,
  authority,
  headers,
  framing,
}: OutgoingRequest): EncodedRequest {
  if (!sendableTarget.test(path)) throw new UnsendableHead('target', path);
  if (!sendableAuthority.test(authority)) throw new UnsendableHead('authority', authority);
  const lines = headerLines(headers, framing, true);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${authority}\r\n${lines}${announcement(headers, framing)}\r\n`;
  return { method, head, chunked: framing.kind === 'chunked' };
}

/** The head of an answer, Latin-1. Throws UnsendableHead. */
export function encodeResponseHead({ status, headers, framing, close }: OutgoingResponse): string {
  const lines = headerLines(headers, framing, status === 101);
  const ending = close ? 'connection: close\r\n' : '';
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${lines}${ending}${announcement(headers, framing)}\r\n`;
}

/** The lines of trailers (names and values in turn), Latin-1. Throws UnsendableHead. */
export function encodeTrailers(trailers: readonly string[]): string {
  let text = '';
  for (let i = 0; i < trailers.length; i += 2) {
    const name = (trailers[i] as string).toLowerCase();
    if (kindOf(name) === 'invalid') throw new UnsendableHead('header name', name);
    text += headerLine(name, trailers[i + 1] as string);
  }
  return text;
}

/** A content-length is written where one stands, whatever it says there. */
function headerLines(headers: readonly string[], framing: OutgoingFraming, withOwn: boolean): string {
  let text = '';
  let announced = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const kind = kindOf(name);
    if (kind === 'plain' || (kind === 'own' && withOwn)) text += headerLine(name, headers[i + 1] as string);
    else if (kind === 'invalid') throw new UnsendableHead('header name', name);
    else if (kind === 'content-length' && framing.kind === 'length' && !announced) {
      text += `${name}: ${framing.length}\r\n`;
      announced = true;
    }
  }
  return text;
}

/** What the headers do not say yet of the body. */
function announcement(headers: readonly string[], framing: OutgoingFraming): string {
  if (framing.kind === 'chunked') return 'transfer-encoding: chunked\r\n';
  if (framing.kind !== 'length' || declaresLength(headers)) return '';
  return `content-length: ${framing.length}\r\n`;
}

/** Whether a content-length stands among headers, names and values in turn. */
export function declaresLength(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2)
    if (kindOf(headers[i] as string) === 'content-length') return true;
  return false;
}

function headerLine(name: string, value: string): string {
  if (!sendableValue.test(value)) throw new UnsendableHead('header value', name);
  return `${name}: ${value}\r\n`;
}
