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
  return compiledOf(parts);
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
  const ending = `.${name}`;
  return below ? (candidate) => candidate.endsWith(ending) : (candidate) => candidate === name;
}

/** A host that a URL would spell in another way never matches one. */
function checkedHost(host: string, pattern: string, where: string): string {
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

function refuse(message: string): never {
  throw new HeaderPropagationError('INVALID_TARGET', message);
}
