import { type MatchView, type RuleView, type StringMatch } from '@grayscale/release';
import { type Location, locationOf, qualifyHost, type Resource } from '@grayscale/traffic-rules';

export type VirtualService = Extract<Resource, { kind: 'VirtualService' }>;
type HttpRule = VirtualService['spec']['http'][number];
type HttpMatch = HttpRule['match'][number];

/** All HTTP rules of a VirtualService as a release sees them. */
export function ruleViews(virtualService: VirtualService): RuleView[] {
  return virtualService.spec.http.map((rule, index) => ({
    ...(rule.name === undefined ? {} : { name: rule.name }),
    index,
    place: placeOf(virtualService, `spec.http[${index}]`),
    matches: rule.match.map(matchView),
    destinations: rule.route.map(({ destination: { host, subset, port }, weight }) => ({
      host: qualifyHost(host, virtualService.metadata.namespace),
      ...(subset === undefined ? {} : { subset }),
      ...(port === undefined ? {} : { port }),
      weight: weight ?? (rule.route.length === 1 ? 100 : 0),
    })),
    ...setCookieOf(rule),
  }));
}

export function placeOf({ source }: VirtualService, path: string): Location {
  return locationOf(source.locate(path));
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

/** JSON without what says nothing, and the same for any order of the fields; the empty text for nothing at all. */
function canonical(value: object): string {
  if (Object.values(value).every(saysNothing)) return '';
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, inner]) => !saysNothing(inner));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function saysNothing(value: unknown): boolean {
  if (value === false || value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
