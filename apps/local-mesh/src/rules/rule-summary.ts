import type { Resource } from '@grayscale/traffic-rules';
import type { RuleSet } from './rule-set.js';

type VirtualService = Extract<Resource, { kind: 'VirtualService' }>;
type HttpRule = VirtualService['spec']['http'][number];
type HttpMatchRequest = HttpRule['match'][number];
type StringMatch = NonNullable<HttpMatchRequest['uri']>;

const maxLines = 30;

/** The rules for a person: a host, then a line for each rule with the shares of its destinations. */
export function summarize({ resources, files, hash, outboundTrafficPolicy }: RuleSet): string[] {
  const virtualServices = resources.filter((resource) => resource.kind === 'VirtualService');
  const lines = virtualServices.flatMap(summarizeVirtualService);
  const shown =
    lines.length > maxLines
      ? [...lines.slice(0, maxLines), `... ${lines.length - maxLines} lines more`]
      : lines;
  const count = `${virtualServices.length} VirtualService${virtualServices.length === 1 ? '' : 's'}`;
  if (resources.length === 0) return [`rules ${hash} in force: NONE. ${withoutRules[outboundTrafficPolicy]}`];
  return [
    `rules ${hash} in force: ${count} from ${files.length} file${files.length === 1 ? '' : 's'}`,
    ...shown.map(indent),
  ];
}

/** What the proxy does where the files hold no rule and no service. */
const withoutRules = {
  ALLOW_ANY: 'Every request goes to the host that it names, as if there were no mesh.',
  REGISTRY_ONLY: 'Every request is answered with 502, for no host is registered.',
} as const;

function summarizeVirtualService({ spec, metadata, source }: VirtualService): string[] {
  const hosts = spec.hosts.join(', ') || 'delegate';
  const name = `VirtualService ${metadata.namespace}/${metadata.name}, ${source.file}:${source.line}`;
  return [`${hosts}  (${name})`, ...spec.http.map((rule) => indent(summarizeRule(rule)))];
}

function summarizeRule(rule: HttpRule): string {
  const conditions = rule.match.map(summarizeMatch).join(' or ') || 'any request';
  return `${conditions} -> ${summarizeAction(rule)}`;
}

function summarizeAction(rule: HttpRule): string {
  if (rule.redirect !== undefined) return `redirect ${rule.redirect.redirectCode ?? 301}`;
  if (rule.directResponse !== undefined) return `answer ${rule.directResponse.status}`;
  if (rule.delegate !== undefined) return `delegate ${rule.delegate.name}`;
  return summarizeDestinations(rule.route);
}

function summarizeDestinations(route: HttpRule['route']): string {
  const total = route.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return route
    .map(({ destination: { host, port, subset }, weight = 0 }) => {
      const name = `${host}${port === undefined ? '' : `:${port}`}${subset === undefined ? '' : ` subset ${subset}`}`;
      return route.length === 1 ? name : `${name} ${percent(weight, total)}`;
    })
    .join(', ');
}

function percent(weight: number, total: number): string {
  return total === 0 ? '0 %' : `${Number(((100 * weight) / total).toFixed(2))} %`;
}

function summarizeMatch(match: HttpMatchRequest): string {
  const fields = (['uri', 'scheme', 'method', 'authority'] as const).flatMap((name) =>
    match[name] === undefined ? [] : [`${name} ${summarizeString(match[name])}`],
  );
  const named = (
    [
      ['header', match.headers],
      ['without header', match.withoutHeaders],
      ['query', match.queryParams],
    ] as const
  ).flatMap(([what, entries]) =>
    Object.entries(entries).map(([name, value]) => `${what} ${name} ${summarizeString(value)}`),
  );
  const port = match.port === undefined ? [] : [`port ${match.port}`];
  return [...fields, ...named, ...port].join(' and ') || 'any request';
}

function summarizeString(match: StringMatch): string {
  if (match.kind === 'present') return 'present';
  return `${{ exact: '=', prefix: 'starting with', regex: 'matching' }[match.kind]} ${match.value}`;
}

function indent(line: string): string {
  return `  ${line}`;
}
