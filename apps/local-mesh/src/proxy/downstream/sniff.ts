/** What the first bytes of a connection are; `unknown`: too few to tell. */
export type Sniffed = 'http' | 'other' | 'unknown';

/** Envoy's inspector looks no further for the end of a request line. */
const maxLineBytes = 64 * 1024;
/** A request line as far as it has come: method, target, version. */
const beginning =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: (?:(?!\?)[\x21-\x7e]+(?: (?:H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:1\r?)?)?)?)?)?)?)?)?)?)?)?$/;
const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ (?!\?)[\x21-\x7e]+ HTTP\/1\.1\r?\n/;

/**
 * Whether a client speaks HTTP/1.1, as a sidecar's inspector tells it: by the request line alone. HTTP/1.0, HTTP/2, TLS and everything
 * else is passed on as it is (recorded: `http-raw-on-port-80`).
 */
export function sniff(bytes: Buffer): Sniffed {
  const text = skipEmptyLines(bytes.toString('latin1', 0, maxLineBytes));
  if (requestLine.test(text)) return 'http';
  if (text === '' || (bytes.length < maxLineBytes && beginning.test(text))) return 'unknown';
  return 'other';
}

/** RFC 9112 2.2: empty lines before a request are to be ignored. */
function skipEmptyLines(text: string): string {
  return text.replace(/^(?:\r?\n)+/, '').replace(/^\r$/, '');
}
