import { HeaderPropagationError } from './errors.js';
import { memoize } from './memoize.js';
import { checkFunction, reading, show } from './option-checks.js';
import { saysYes } from './rules/accept.js';
import type { RequestTarget } from './target-address.js';
import {
  type CompiledTarget,
  compileHostExpression,
  compilePattern,
  type TargetMatcher,
} from './target-pattern.js';

/**
 * Who may receive the headers: `'hello.com'` (that host, any port), `'hello.com:8080'`, `'https://hello.com/api'` (that
 * scheme, and that path or below it), `'*.example.com'` (every name below it, not itself), `'*'` (everyone), a regular
 * expression for the whole host, or a function that answers at once.
 */
export type Target = string | RegExp | ((host: string, port: number, target: RequestTarget) => boolean);

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

/** @throws HeaderPropagationError when a target is none of the forms above, or could never match */
export function compileTargets(targets: readonly Target[]): TargetMatcher {
  if (!Array.isArray(targets)) {
    throw new HeaderPropagationError(
      'INVALID_TARGET',
      `targets: ${show(targets)} is not a list. Write one, such as ["hello.com"]; [] sends to nobody.`,
    );
  }
  const compiled = [...targets].map((target, index) => {
    const path = `targets[${index}]`;
    return reading({ path, code: 'INVALID_TARGET' }, () => compileTarget(target, path));
  });
  const byHost = memoize((host) => decideByHost(compiled, host));
  return (target) => {
    const decision = byHost(target.host);
    return typeof decision === 'boolean' ? decision : decision.some((test) => test(target));
  };
}

/** What a host alone decides, or the tests that are left to the rest of a target; a service asks few hosts, again and again. */
function decideByHost(targets: readonly CompiledTarget[], host: string): boolean | TargetMatcher[] {
  const tests: TargetMatcher[] = [];
  for (const { matchesHost, matchesRest } of targets) {
    if (!matchesHost(host)) continue;
    if (matchesRest === undefined) return true;
    tests.push(matchesRest);
  }
  return tests.length > 0 && tests;
}

function compileTarget(target: unknown, where: string): CompiledTarget {
  if (typeof target === 'string') return compilePattern(target, where);
  if (target === clusterLocal) return { matchesHost: clusterLocal };
  if (Object.prototype.toString.call(target) === '[object RegExp]') {
    return compileHostExpression(target as RegExp, where);
  }
  checkFunction(
    target ?? null,
    { path: where, code: 'INVALID_TARGET' },
    'a host, a regular expression or a function',
  );
  const test = target as Exclude<Target, string | RegExp>;
  return {
    // A function may answer otherwise the next time.
    matchesHost: () => true,
    matchesRest: (request) => saysYes(test(request.host, request.port, plain(request))),
  };
}

/** An object as an application expects one, with all in it its own. */
function plain(request: RequestTarget): RequestTarget {
  const { scheme, host, port } = request;
  return {
    scheme,
    host,
    port,
    // To resolve a path is the dearest part, and few functions ask for it.
    get path() {
      return request.path;
    },
  };
}
