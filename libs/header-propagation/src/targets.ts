import { HeaderPropagationError } from './errors.js';

/**
 * Who may receive the headers: `'hello.com'` (that host, any port), `'hello.com:8080'`, `'*.example.com'` (every
 * name below it, not itself), `'*'` (everyone), or a function.
 */
export type Target = string | ((host: string, port: number) => boolean);

const IPV4_LOOPBACK = /^127(?:\.\d{1,3}){3}$/;
/** Must begin with a letter: `134744072` is a spelling of 8.8.8.8. */
const SINGLE_LABEL = /^[a-z_][a-z0-9_-]*$/;

/**
 * The default target: names that only a cluster or the machine itself resolves. A single label (`reviews`),
 * `*.svc`, `*.cluster.local`, `localhost`, `*.localhost`, 127.0.0.0/8 and ::1. `reviews.shop` is not one of
 * them: nothing tells it from `hello.com`.
 */
export function clusterLocal(host: string): boolean {
  return (
    SINGLE_LABEL.test(host) ||
    host.endsWith('.svc') ||
    host.endsWith('.cluster.local') ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    IPV4_LOOPBACK.test(host)
  );
}

/** Decides for a host in lower case, without brackets and without the root's dot. */
export type TargetMatcher = (host: string, port: number) => boolean;

/** @throws HeaderPropagationError when a pattern is none of the forms above */
export function compileTargets(targets: readonly Target[]): TargetMatcher {
  const exact = new Set<string>();
  const tests: TargetMatcher[] = [];
  for (const [index, target] of targets.entries()) {
    if (typeof target === 'function') tests.push(target);
    else if (target === '*') tests.push(() => true);
    else if (target.startsWith('*.')) tests.push(suffixTest(target, index));
    else exact.add(exactPattern(target, index));
  }
  return (host, port) =>
    exact.has(host) || exact.has(`${host}:${port}`) || tests.some((test) => test(host, port));
}

function suffixTest(pattern: string, index: number): TargetMatcher {
  const { host: parent, port: wanted } = hostPort(pattern.slice(2), pattern, index);
  const ending = `.${parent}`;
  return (host, port) => host.endsWith(ending) && (wanted === undefined || wanted === port);
}

function exactPattern(pattern: string, index: number): string {
  const { host, port } = hostPort(pattern, pattern, index);
  return port === undefined ? host : `${host}:${port}`;
}

const HOST_AND_PORT = /^(\[[0-9a-f:.]+\]|[^\s/:@*?#[\]]+)(?::(\d{1,5}))?$/;

function hostPort(text: string, pattern: string, index: number) {
  const [, host, port] = HOST_AND_PORT.exec(text.toLowerCase()) ?? [];
  if (host === undefined || Number(port ?? 0) > 65_535) {
    throw new HeaderPropagationError(
      'INVALID_TARGET',
      `targets[${index}]: ${JSON.stringify(pattern)} is not a host. Write "hello.com", "hello.com:8080", "*.example.com", "[::1]", "*" or a function.`,
    );
  }
  return { host: plainHost(host), port: port === undefined ? undefined : Number(port) };
}

/** The host as patterns spell it: lower case, no brackets, no trailing dot. */
export function plainHost(host: string): string {
  const lower = host.toLowerCase();
  if (lower.startsWith('[')) return lower.slice(1, -1);
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Where a request goes: a URL, or a host with its port (80 when left out). */
export type TargetAddress = string | URL | { readonly host: string; readonly port?: number | string };

/** Host and port of an address, or undefined when it is none: such a target gets nothing. */
export function targetAddress(target: TargetAddress): { host: string; port: number } | undefined {
  if (typeof target === 'object' && !(target instanceof URL)) {
    return { host: plainHost(target.host), port: Number(target.port ?? 80) };
  }
  const url = typeof target === 'string' ? parseUrl(target) : target;
  if (url === null || url.hostname === '') return undefined;
  return { host: plainHost(url.hostname), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}

function parseUrl(text: string): URL | null {
  return URL.parse(text.includes('://') ? text : `http://${text}`);
}
