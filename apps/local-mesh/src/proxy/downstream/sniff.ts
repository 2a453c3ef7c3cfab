/** What a client speaks; `other`: neither HTTP/1.1 nor HTTP/2. */
export type Sniffed = 'http' | 'http2' | 'other';

/** RFC 9113 3.4: what a client that knows that its server speaks HTTP/2 sends first. */
const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** Envoy's inspector looks no further for the end of a request line. */
const maxLineBytes = 64 * 1024;
/** A request line as far as it has come: method, target, version. */
const beginning =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: (?:(?!\?)[\x21-\x7e]+(?: (?:H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:1\r?)?)?)?)?)?)?)?)?)?)?)?$/;
const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ (?!\?)[\x21-\x7e]+ HTTP\/1\.1\r?\n/;

/**
 * Whether a client speaks HTTP/1.1 or HTTP/2, as a sidecar's inspector tells it: by the request line or the preface alone. HTTP/1.0, TLS
 * and everything else is passed on as it is (recorded: `http-raw-on-port-80`).
 * @returns undefined: too few bytes to tell
 */
export function sniff(bytes: Buffer): Sniffed | undefined {
  const isHttp2 = startsHttp2(bytes);
  if (isHttp2 !== false) return isHttp2 === true ? 'http2' : undefined;
  const text = skipEmptyLines(bytes.toString('latin1', 0, maxLineBytes));
  if (requestLine.test(text)) return 'http';
  if (text === '' || (bytes.length < maxLineBytes && beginning.test(text))) return undefined;
  return 'other';
}

/** Whether a connection begins with the preface; undefined: it does as far as it has come. */
export function startsHttp2(bytes: Buffer): boolean | undefined {
  const start = bytes.toString('latin1', 0, preface.length);
  if (start === preface) return true;
  return start !== '' && preface.startsWith(start) ? undefined : false;
}

/** RFC 9112 2.2: empty lines before a request are to be ignored. */
function skipEmptyLines(text: string): string {
  return text.replace(/^(?:\r?\n)+/, '').replace(/^\r$/, '');
}
