import type { MatchView, RuleView, StringMatch } from '@grayscale/release';
import { qualifyHost, type Resource } from '@grayscale/traffic-rules';
import { canonical } from './canonical.js';

type VirtualService = Extract<Resource, { kind: 'VirtualService' }>;
type HttpRule = VirtualService['spec']['http'][number];
type HttpMatch = HttpRule['match'][number];

/** All HTTP rules of a VirtualService as a release sees them, without their places. */
export function virtualServiceViews({ metadata, spec }: VirtualService): RuleView[] {
  return spec.http.map((rule, index) => ({
    ...(rule.name === undefined ? {} : { name: rule.name }),
    index,
    matches: rule.match.map(matchView),
    destinations: rule.route.map(({ destination: { host, subset, port }, weight }) => ({
      host: qualifyHost(host, metadata.namespace),
      ...(subset === undefined ? {} : { subset }),
      ...(port === undefined ? {} : { port }),
      weight: weight ?? (rule.route.length === 1 ? 100 : 0),
    })),
    ...setCookieOf(rule),
  }));
}

function matchView({ headers, name: _, ...rest }: HttpMatch): MatchView {
  const lower = Object.entries(headers).map(([name, match]) => [name.toLowerCase(), match] as const);
  return { headers: Object.fromEntries(lower) as Record<string, StringMatch>, rest: canonical(rest) };
}

function setCookieOf({ headers }: HttpRule): { setCookie?: string } {
  const added = Object.entries(headers?.response?.add ?? {});
  const cookie = added.find(([name]) => name.toLowerCase() === 'set-cookie')?.[1];
  return cookie === undefined ? {} : { setCookie: cookie };
}
