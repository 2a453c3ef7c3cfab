import { isIP } from 'node:net';
import { HeaderPropagationError } from './errors.js';
import { show } from './option-checks.js';
import { canonicalHost, canonicalPath, type RequestTarget } from './target-address.js';

/** Decides for one request. */
export type TargetMatcher = (target: RequestTarget) => boolean;

/** A target in two parts: what is known by the host, and what the rest of an address has to be. */
export interface CompiledTarget {
  readonly matchesHost: (host: string) => boolean;
  /** Undefined when the host alone decides. */
  readonly matchesRest?: TargetMatcher;
}

const FORMS =
  '"hello.com", "hello.com:8080", "https://hello.com/api", "*.example.com", "[::1]", "*", a regular expression or a function';

const PATTERN =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^\s/:@*?#[\]\\]+|\[[0-9a-f:.]+\])(?::(\d{1,6}))?(\/[^?#\s]*)?$/i;

/** What a pattern says; undefined is anything. */
interface Parts {
  readonly scheme: string | undefined;
  readonly host: (host: string) => boolean;
  readonly port: number | undefined;
  readonly path: string | undefined;
}

/**
 * `[scheme://]host[:port][/path]`: the host a name, an address, `*` or `*.` and a name; the path a prefix of whole
 * segments.
 *
 * @throws HeaderPropagationError when the pattern is of another form, or when no request could ever match it
 */
export function compilePattern(pattern: string, where: string): CompiledTarget {
  const [, scheme, host, port, path] = PATTERN.exec(pattern) ?? [];
  if (host === undefined) return refuse(`${where}: ${show(pattern)} is not a target. Write ${FORMS}.`);
  const parts = {
    scheme: checkedScheme(scheme, pattern, where),
    host: hostTest(host, pattern, where),
    port: checkedPort(port, pattern, where),
    path: checkedPath(path, pattern, where),
  };
  if (scheme === undefined && isBlock(host, path)) refuseBlock(pattern, where);
  return compiledOf(parts);
}

/** Whether an address and a path are a block of addresses in CIDR notation, which would match nothing that is meant. */
function isBlock(host: string, path: string | undefined): boolean {
  return path !== undefined && /^\/\d{1,3}$/.test(path) && isAddress(host);
}

function refuseBlock(pattern: string, where: string): never {
  return refuse(
    `${where}: ${show(pattern)} is a block of addresses. Write each address, a regular expression such as /10\\.0\\.0\\.\\d+/, or a function of the host.`,
  );
}

function isAddress(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0;
}

function compiledOf({ scheme, host, port, path }: Parts): CompiledTarget {
  if (port === undefined && scheme === undefined && path === undefined) return { matchesHost: host };
  return {
    matchesHost: host,
    matchesRest: (target) =>
      (port === undefined || port === target.port) &&
      (scheme === undefined || scheme === target.scheme) &&
      (path === undefined || isBelow(target.path, path)),
  };
}

function checkedScheme(scheme: string | undefined, pattern: string, where: string): string | undefined {
  const lower = scheme?.toLowerCase();
  if (lower === undefined || lower === 'http' || lower === 'https') return lower;
  return refuse(`${where}: ${show(pattern)}: the scheme is http or https.`);
}

function checkedPort(port: string | undefined, pattern: string, where: string): number | undefined {
  if (port === undefined) return undefined;
  const number = Number(port);
  if (number >= 1 && number <= 65_535) return number;
  return refuse(`${where}: ${show(pattern)}: a port is a number from 1 to 65535.`);
}

function hostTest(host: string, pattern: string, where: string): Parts['host'] {
  if (host === '*') return () => true;
  const below = host.startsWith('*.');
  const name = checkedHost(below ? host.slice(2) : host, pattern, where);
  if (below && isAddress(name)) {
    return refuse(
      `${where}: ${show(pattern)} never matches, since no name is below an address. Write ${show(name)}.`,
    );
  }
  const ending = `.${name}`;
  return below ? (candidate) => candidate.endsWith(ending) : (candidate) => candidate === name;
}

/** A host that a URL would spell in another way never matches one. */
function checkedHost(host: string, pattern: string, where: string): string {
  if (host.startsWith('.')) {
    return refuse(
      `${where}: ${show(pattern)} never matches: no host begins with a dot. Write ${show(pattern.replace(host, `*${host}`))} for the names below it.`,
    );
  }
  if (host.includes('..')) {
    return refuse(`${where}: ${show(pattern)} never matches: no host has an empty label between two dots.`);
  }
  const written = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const canonical = canonicalHost(host);
  if (canonical === written) return canonical;
  if (canonical === undefined) return refuse(`${where}: ${show(pattern)} is not a host. Write ${FORMS}.`);
  const better = canonical.includes(':') ? `[${canonical}]` : canonical;
  return refuse(
    `${where}: ${show(pattern)} never matches, since a URL writes that host as ${show(better)}. Write ${show(pattern.replace(host, better))}.`,
  );
}

function checkedPath(path: string | undefined, pattern: string, where: string): string | undefined {
  if (path === undefined || path === '/') return undefined;
  const canonical = canonicalPath(path);
  if (canonical === path) return path;
  return refuse(
    `${where}: ${show(pattern)} never matches, since a URL writes that path as ${show(canonical)}. Write ${show(pattern.slice(0, -path.length) + canonical)}.`,
  );
}

/** Encoded separators that some servers decode: what lies behind one cannot be told. */
const ENCODED_SEPARATOR = /%2f|%5c/i;

function isBelow(path: string, prefix: string): boolean {
  if (ENCODED_SEPARATOR.test(path)) return false;
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return path === prefix || path.startsWith(folder) || `${path}/` === folder;
}

/**
 * A regular expression for the whole host: anchored and without regard to letter case, as `/hello\.com/` would else let
 * `hello.com.evil.example` in.
 *
 * @throws HeaderPropagationError when it is written for more than a host, and so would never match
 */
export function compileHostExpression(target: RegExp, where: string): CompiledTarget {
  const { source, flags } = target;
  const shown = String(target);
  const instead = 'Write an expression for the host alone, or a function of host, port and target.';
  if (/[^\x20-\x7e]/.test(source))
    return refuse(`${where}: ${shown} never matches: a URL writes a host in ASCII, as "xn--...". ${instead}`);
  if (source.includes('\\/'))
    return refuse(`${where}: ${shown} never matches: a host has no slash, scheme or path. ${instead}`);
  if (source.split('|').some(namesPort))
    return refuse(`${where}: ${shown} never matches: a host has no port. ${instead}`);
  const expression = new RegExp(`^(?:${source})$`, `${flags.replace(/[gimy]/g, '')}i`);
  return { matchesHost: (host) => expression.test(host) };
}

/** Whether a colon stands beside letters that no IPv6 address has. */
function namesPort(alternative: string): boolean {
  const literal = alternative.replace(/\\.|\(\?<?[:=!]/g, '');
  return literal.includes(':') && /[g-z]/i.test(literal);
}

function refuse(message: string): never {
  throw new HeaderPropagationError('INVALID_TARGET', message);
}
