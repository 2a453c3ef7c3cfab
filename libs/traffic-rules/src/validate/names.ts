import { quote } from '../fields/describe.js';

const label = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabel = /^(?:\*|(?:\*|\*-)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;
const longestLabel = 63;
const longestName = 255;

/** Letters, digits and `-`, at most 63 (RFC 1123; Istio allows capitals). */
export function isDnsLabel(text: string): boolean {
  return text.length <= longestLabel && label.test(text);
}

/** Why a text is not a domain name; undefined when it is one. */
export function domainProblem(domain: string): string | undefined {
  return lengthProblem(domain) ?? labelsProblem(domain);
}

/** As {@link domainProblem}, but the first label may be `*`, `*foo` or `*-foo`. */
export function wildcardDomainProblem(domain: string): string | undefined {
  const tooLong = lengthProblem(domain);
  if (tooLong !== undefined) return tooLong;
  const dot = domain.indexOf('.');
  const first = dot === -1 ? domain : domain.slice(0, dot);
  if (first.length > longestLabel || !wildcardLabel.test(first)) return badLabel(first);
  return dot === -1 ? undefined : labelsProblem(domain.slice(dot + 1));
}

function lengthProblem(domain: string): string | undefined {
  if (domain === '') return 'is empty';
  return Buffer.byteLength(domain) > longestName ? `is longer than ${longestName} characters` : undefined;
}

function labelsProblem(domain: string): string | undefined {
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  // Go's Atoi decides what a number is: one too large for 64 bits is none.
  if (/^\d+$/.test(last) && Number(last) < 2 ** 63)
    return `ends in the number ${quote(last)}, which no domain name may`;
  const wrong = labels.find(
    (text, index) => !(text === '' && index === labels.length - 1) && !isDnsLabel(text),
  );
  return wrong === undefined ? undefined : badLabel(wrong);
}

function badLabel(text: string): string {
  if (text === '') return 'has an empty part between two dots';
  if (text.includes(':')) return `has a port in ${quote(text)}; hosts are written without one`;
  if (text.length > longestLabel) return `has a part longer than ${longestLabel} characters, ${quote(text)}`;
  if (text.includes('*'))
    return `has a "*" in ${quote(text)}; a wildcard may only be the first part, as in *.example.com`;
  return `has the part ${quote(text)}; letters, digits and "-" in between are allowed`;
}
