import { quote } from '../fields/describe.js';
import type { Report } from './report.js';

// Istio's character class: its "+-." is a range and so allows the comma too (istio, validation.go).
const token = /^[!#$%&'*+-.^_`|~A-Za-z0-9]+$/;
const pseudoHeaders = new Set([':method', ':scheme', ':authority', ':path', ':status']);
const jwtClaim = /^@request\.auth\.claims(?:\..+|\[.+\])$/i;

export function isHeaderName(name: string): boolean {
  return token.test(name);
}

/** A condition on a claim of a JSON web token, which only gateways know. */
export function isJwtClaim(name: string): boolean {
  return jwtClaim.test(name);
}

/** The name of a header to match on. */
export function validateMatchedHeader(name: string, path: string, report: Report): void {
  if (isHeaderName(name) || pseudoHeaders.has(name) || isJwtClaim(name)) return;
  const what = name === '' ? 'the header name is empty' : `${quote(name)} is not a header name`;
  report.error(
    'header-name-invalid',
    path,
    `${what}; write letters, digits and "-", for instance user, or one of ${[...pseudoHeaders].join(', ')}.`,
  );
}

export function isAuthority(name: string): boolean {
  return name.toLowerCase() === 'host' || name.toLowerCase() === ':authority';
}
