import type { DestinationView, MatchView, RuleView, StringMatch } from '@grayscale/release';
import { backendHost, type Resource } from '@grayscale/traffic-rules';
import { canonical } from './canonical.js';

/** A route of the Gateway API. */
export type Route = Extract<Resource, { kind: 'HTTPRoute' | 'GRPCRoute' }>;
type RouteRule = Route['spec']['rules'][number];
type RouteMatch = RouteRule['matches'][number];

/** All rules of a route as a release sees them, without their places. */
export function routeViews({ metadata, spec }: Route): RuleView[] {
  return spec.rules.map((rule, index) => ({
    ...(rule.name === undefined ? {} : { name: rule.name }),
    index,
    matches: rule.matches.length === 0 ? [everything] : rule.matches.map(matchView),
    destinations: rule.backendRefs.map(
      (backend): DestinationView => ({
        host: backendHost(backend, metadata.namespace),
        ...(backend.port === undefined ? {} : { port: backend.port }),
        weight: backend.weight,
      }),
    ),
    ...setCookieOf(rule),
  }));
}

/** No match and one without a condition are the same: an API server writes the first as the second. */
const everything: MatchView = { headers: {}, rest: '' };

function matchView({ headers, ...rest }: RouteMatch): MatchView {
  const views: Record<string, StringMatch> = {};
  // Of one name in other letters both have to hold (recorded: `httproute-duplicate-names`); the second one is as fixed as a path.
  const others = headers.filter(({ name, type, value }) => {
    const lower = name.toLowerCase();
    if (Object.hasOwn(views, lower)) return true;
    views[lower] = { kind: type === 'Exact' ? 'exact' : 'regex', value };
    return false;
  });
  return { headers: views, rest: canonical({ ...withoutUsualPath(rest), others }) };
}

/** Every path is what a match without one asks for. */
function withoutUsualPath(rest: Partial<Omit<RouteMatch, 'headers'>>): object {
  const { path, ...others } = rest as { path?: { type: string; value: string } };
  return path === undefined || (path.type === 'PathPrefix' && path.value === '/') ? others : rest;
}

function setCookieOf({ filters }: RouteRule): { setCookie?: string } {
  const added = filters.flatMap(({ responseHeaderModifier }) => responseHeaderModifier?.add ?? []);
  const cookie = added.find(({ name }) => name.toLowerCase() === 'set-cookie')?.value;
  return cookie === undefined ? {} : { setCookie: cookie };
}
