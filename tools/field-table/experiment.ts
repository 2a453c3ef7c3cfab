import {
  analyze,
  clustersOf,
  compile,
  describeRules,
  formatPath,
  gatewayClients,
  gatewayPorts,
  type Issue,
  listens,
  outboundTrafficPolicyOf,
  parse,
  type Resource,
  type RouteRequest,
  type RouteTable,
  requestFromUrl,
  route,
  routeConnection,
  toJson,
  validate,
  type Workload,
} from '@grayscale/traffic-rules';
import type { Occurrence, Steps } from './schema-fields.ts';

/** What writing a field does, found by writing it and leaving it out. */
export interface Outcome {
  /** Codes of the errors that come with it. */
  refused: ReadonlySet<string>;
  /** Codes of the warnings that come with it. */
  warned: ReadonlySet<string>;
  /** Codes of what is only worth knowing of it. */
  noted: ReadonlySet<string>;
  /** Whether a decision, a cluster or the rules in words are otherwise without it. */
  isObeyed: boolean;
}

/** A document to try fields in. */
export interface Sample {
  document: object;
  /** Documents that it needs. */
  beside: readonly object[];
  /** Requests that are decided, beside one for each rule and each service. */
  requests: readonly RequestText[];
  /** Whether it is there for fields that are refused. */
  isRefused: boolean;
}

/** `http://cart.example/a`, or with a method and headers. */
export type RequestText = string | { url: string; method?: string; headers?: string[] };

/** Whose requests are looked at, beside those of every gateway. */
const callers: readonly Workload[] = [
  { namespace: 'shop', labels: { app: 'front', tier: 'web' } },
  { namespace: 'shop', labels: { app: 'back' } },
  { namespace: 'depot', labels: { app: 'stock', tier: 'web' } },
];
const sampleFile = 'sample.json';
const othersFile = 'others.yaml';
/** Of cart.example in the samples. */
const cartAddress = '240.0.0.1';
const draws = [0.05, 0.5, 0.95];

/** Tries fields in documents that stand among the same others. */
export class Laboratory {
  readonly #others: readonly Resource[];

  /** @param others YAML of the documents that are always there */
  constructor(others: string) {
    const { resources, issues } = parse(others, othersFile);
    if (issues.some(({ severity }) => severity === 'error')) throw new Error(JSON.stringify(issues));
    this.#others = resources;
  }

  /** All that is said of a sample as it stands. */
  issuesOf({ document, beside }: Sample): Issue[] {
    return this.#look(document, beside).issues.filter(({ file }) => file !== othersFile);
  }

  /**
   * What it does that the sample has this value at this place.
   * @param others what else may stand there, where it is the value that is asked about: then all that is said of the place counts
   */
  try(
    sample: Sample,
    { steps, value }: Pick<Occurrence, 'steps' | 'value'>,
    others?: readonly unknown[],
  ): Outcome {
    const lookWith = (written: unknown) =>
      this.#look(replaced(sample.document, steps, written), sample.beside);
    const withIt = lookWith(value);
    const without = lookWith(undefined);
    const path = formatPath([...steps]);
    const found = withIt.issues.filter(
      (issue) => concerns(issue, path) && (others !== undefined || isNews(issue, without.issues)),
    );
    const refused = codesOf(found.filter(({ severity }) => severity === 'error'));
    const warned = codesOf(found.filter(({ severity }) => severity === 'warning'));
    const noted = codesOf(found.filter(({ severity }) => severity === 'info'));
    const other = hasError(without) ? lookWith(others?.[0] ?? changed(value)) : without;
    const isObeyed = hasError(other)
      ? warned.size + noted.size === 0 && !sample.isRefused
      : differ(withIt.tables, other.tables, sample.requests);
    return { refused, warned, noted, isObeyed: refused.size === 0 && isObeyed };
  }

  #look(document: object, beside: readonly object[]): Look {
    const { resources, issues, apiServerIssues } = parse(JSON.stringify(document), sampleFile);
    const known = [...issues, ...apiServerIssues, ...validate(resources)];
    const needed = beside.flatMap((one) => parse(JSON.stringify(one), 'beside.json').resources);
    const all = [...this.#others, ...needed, ...resources];
    const clients = [...callers, ...gatewayClients(all).map(({ workload }) => workload)];
    const tables = new Map(clients.map((client) => [JSON.stringify(client), compile(all, client)]));
    const together = [...tables.values()].flatMap((table) => analyze(table, { known }));
    return { issues: [...known, ...together], tables };
  }
}

interface Look {
  issues: Issue[];
  /** By their clients. */
  tables: ReadonlyMap<string, RouteTable>;
}

function hasError({ issues }: Look): boolean {
  return issues.some(({ severity }) => severity === 'error');
}

/** Whether an issue is about the field, about a part of it, or about what it is a part of. */
function concerns({ path, file }: Issue, field: string): boolean {
  return file === sampleFile && (isWithin(path, field) || (!wholes.test(path) && isWithin(field, path)));
}

/** What is said of these is about all rules together. */
const wholes = /^(spec([.](http|rules))?)?$/;

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** What is not modelled is so as a whole, whatever parts are written. */
function isNews({ code, path }: Issue, others: readonly Issue[]): boolean {
  return code === 'field-not-modelled' || !others.some((other) => other.code === code && other.path === path);
}

function codesOf(issues: readonly Issue[]): Set<string> {
  return new Set(issues.map(({ code }) => code));
}

/** A copy with another value at a place; with `undefined` the field is left out. */
function replaced(document: object, steps: Steps, value: unknown): object {
  const copy = structuredClone(document) as Record<string, unknown>;
  const [step, ...rest] = steps;
  put(copy, step as string, rest, value);
  return copy;
}

function put(
  parent: Record<string | number, unknown>,
  step: string | number,
  rest: Steps,
  value: unknown,
): void {
  const [next, ...more] = rest;
  if (next !== undefined) put(parent[step] as Record<string, unknown>, next, more, value);
  else if (value !== undefined) parent[step] = value;
  else delete parent[step];
}

/** Another value of the same type, for a field that may not be left out. */
function changed(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? value.map(changed) : undefined;
}

/** Whether tables say something else of themselves, or do something else with a request for a rule or a service of either. */
function differ(here: Look['tables'], there: Look['tables'], extra: readonly RequestText[]): boolean {
  const examples = [...here.values(), ...there.values()].flatMap(requestsFor);
  const requests = new Map([...examples, ...extra.map(toRequest)].map((one) => [toJson(one), one]));
  const [one, other] = [here, there].map((tables) =>
    [...tables]
      .map(([client, table]) => [client, observed(table, [...requests.values()])].join('\n'))
      .join('\n'),
  );
  return one !== other;
}

/** All that a table says of itself and does with the requests. */
function observed(table: RouteTable, requests: readonly RouteRequest[]): string {
  const said = [
    outboundTrafficPolicyOf(table),
    describeRules(table).map(({ hosts, unrouted, rules }) => ({ hosts, unrouted, rules })),
    [...clustersOf(table)].sort((a, b) => (a.name < b.name ? -1 : 1)),
    gatewayPorts(table),
    requests.map((request) => decisionsOn(table, request)),
  ];
  // Lines and columns are those of the text, which differs by the very field. A server with conditions on client certificates is not served.
  return toJson(said).replace(/"location":\{[^{}]*\}|"conditions":\[[^[\]]*\]/g, '');
}

function decisionsOn(table: RouteTable, request: RouteRequest): unknown[] {
  const [host = ''] = request.authority.split(':');
  const { port } = request;
  const connections = [
    { host, port },
    { host, port, sni: null },
    { host, port, address: cartAddress },
    { host, port, address: cartAddress, sni: null },
  ];
  return [
    listens(table, port),
    ...draws.map((draw) => route(table, request, draw)),
    ...connections.flatMap((connection) => draws.map((draw) => routeConnection(table, connection, draw))),
  ];
}

/** One for each rule, and one for each service. */
function requestsFor(table: RouteTable): RouteRequest[] {
  const ofRules = describeRules(table).flatMap(({ rules }) => rules.flatMap((rule) => rule.requests()));
  const ofServices = [...clustersOf(table)].flatMap(({ service, port }) =>
    service.host.startsWith('*') ? [] : [toRequest(`http://${service.host}:${port}/`)],
  );
  return [...ofRules, ...ofServices];
}

function toRequest(text: RequestText): RouteRequest {
  return requestFromUrl(typeof text === 'string' ? { url: text } : text);
}
