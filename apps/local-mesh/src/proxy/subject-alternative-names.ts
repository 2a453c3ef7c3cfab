/** One of whom a certificate is for: a DNS name, a URI, an address, an email address. */
export interface AlternativeName {
  /** As OpenSSL calls it: `DNS`, `URI`, `IP Address`, `email`. */
  type: string;
  value: string;
}

/**
 * @param text Node's way to write them: `DNS:a.example.com, URI:spiffe://td/ns/a/sa/b`; a name with commas or quotation marks stands in
 * JSON's quotes (Node, doc/api/crypto.md x509.subjectAltName)
 */
export function alternativeNames(text = ''): AlternativeName[] {
  const names: AlternativeName[] = [];
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(':', at);
    if (colon < 0) break;
    const end = text[colon + 1] === '"' ? endOfQuotes(text, colon + 1) : endOfName(text, colon + 1);
    const value = text.slice(colon + 1, end);
    names.push({
      type: text.slice(at, colon),
      value: value.startsWith('"') ? (JSON.parse(value) as string) : value,
    });
    at = end + separator.length;
  }
  return names;
}

const separator = ', ';

function endOfName(text: string, from: number): number {
  const end = text.indexOf(separator, from);
  return end < 0 ? text.length : end;
}

function endOfQuotes(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/**
 * Whether a certificate is for one of these, as Envoy compares an exact name: DNS names in any letter case, where `*.` in the certificate
 * stands for one label; all others letter by letter. The common name does not count (Envoy 1.40, tried; utility.cc dnsNameMatch).
 * @param own the certificate's, as Node writes them
 */
export function isForOneOf(names: readonly string[], own: string | undefined): boolean {
  const all = alternativeNames(own);
  return names.some((name) =>
    all.some(({ type, value }) => (type === 'DNS' ? isDnsName(name, value) : name === value)),
  );
}

function isDnsName(name: string, ofCertificate: string): boolean {
  const [asked, own] = [name.toLowerCase(), ofCertificate.toLowerCase()];
  if (asked === own) return true;
  const dot = asked.indexOf('.');
  return own.startsWith('*.') && dot > 0 && asked.slice(dot) === own.slice(1);
}
