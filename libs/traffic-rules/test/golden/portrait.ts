import {
  analyze,
  clusterFor,
  clustersOf,
  compile,
  connectionFromUrl,
  type Decision,
  describeRules,
  explain,
  explainConnection,
  gatewayClients,
  gatewayPorts,
  headersUsedBy,
  type Issue,
  inspection,
  knowsHost,
  listens,
  outboundTrafficPolicyOf,
  type Parsed,
  type Resource,
  type RouteRequest,
  type RouteTable,
  renderExplanation,
  requestFromUrl,
  route,
  routeConnection,
  ruleLine,
  toJson,
  validate,
  type Workload,
} from '../../src/index.js';

/** What is asked of a table beside the requests that its rules are for. */
export interface Questions {
  /** `GET http://a.example/ user: test`, `tls://a.example`, `tcp://10.0.0.1:3306`. */
  asked: readonly string[];
  /** Of the calling workload, whose label `app` has the same value. */
  namespace: string;
  /** The services that rules name are taken as given. */
  assumeServices?: boolean;
}

/** What is said of one thing, a fact a line. */
export interface Section {
  title: string;
  lines: string[];
}

/** All that the engine says of resources and does by them. */
export interface Portrait {
  /** What parse, validate, the API server's schemas and analyze say. */
  issues: Issue[];
  /** What is decided, for the workload and for each gateway; nothing where an error keeps the rules from being in force. */
  behaviour: Section[];
}

export function portraitOf(texts: readonly Parsed[], questions: Questions): Portrait {
  const resources = texts.flatMap((parsed) => parsed.resources);
  const known = [...texts.flatMap(({ issues }) => issues), ...validate(resources)];
  const found = [...known, ...texts.flatMap(({ apiServerIssues }) => apiServerIssues)];
  if (known.some(({ severity }) => severity === 'error')) return { issues: found, behaviour: [] };
  const { assumeServices = false } = questions;
  const tables = clientsOf(resources, questions).map((client) =>
    compile(resources, client, { hash: '1', assumeServices }),
  );
  const remarks = tables.flatMap((table) => analyze(table, { known, forwardedHeaders: ['user'] }));
  return {
    issues: [...found, ...remarks],
    behaviour: tables.flatMap((table, index) =>
      sectionsOf(table, questions).map((section) => ofClient(section, index)),
    ),
  };
}

function clientsOf(resources: readonly Resource[], { namespace }: Questions): Workload[] {
  return [
    { namespace, labels: { app: namespace } },
    ...gatewayClients(resources).map(({ workload }) => workload),
  ];
}

function ofClient({ title, lines }: Section, index: number): Section {
  return { title: index === 0 ? title : `gateway ${index}, ${title}`, lines };
}

function sectionsOf(table: RouteTable, { asked }: Questions): Section[] {
  const described = describeRules(table);
  const requests = described.flatMap(({ rules }) => rules.flatMap((rule) => rule.requests()));
  return [
    ...described.map(({ resource: { kind, namespace, name }, hosts, unrouted, rules }) => ({
      title: `${kind} ${namespace}/${name}`,
      lines: [
        `for ${hosts.join(', ')}`,
        ...unrouted.map((host) => `not in force for ${host}`),
        ...rules.map(ruleLine),
      ],
    })),
    { title: 'headers', lines: headersUsedBy(table) },
    { title: 'places', lines: placesOf(table, requests, asked) },
    { title: 'ports', lines: gatewayPorts(table).map((port) => toJson(port)) },
    ...requests.map((request) => decisionOn(table, request)),
    ...asked.map((question) => answerTo(table, question)),
    ...[...clustersOf(table)].map(({ name, ...cluster }) => ({ title: name, lines: facts(cluster) })),
  ].filter(({ lines }) => lines.length > 0);
}

/** What is known of each host and port that requests are for, before there is a request. */
function placesOf(table: RouteTable, requests: readonly RouteRequest[], asked: readonly string[]): string[] {
  const urls = asked.map((question) => question.split(' ').find((word) => word.includes('://')) ?? '');
  const places = [
    ...requests.map(({ authority, port }) => ({ host: authority.replace(/:\d+$/, ''), port })),
    ...urls.map((url) => connectionFromUrl(url) ?? requestPlace(url)),
  ];
  const lines = places.map(({ host, port }) => {
    const known = knowsHost(table, host, port) ? 'known' : 'unknown';
    const { name = 'none' } = clusterFor(table, host, port) ?? {};
    const http = listens(table, port) ? 'HTTP' : 'no HTTP';
    return `${host} ${port}: ${known}, cluster ${name}, ${http}, ${inspection(table, { host, port })}`;
  });
  return [`others: ${outboundTrafficPolicyOf(table)}`, ...new Set(lines)];
}

function requestPlace(url: string): { host: string; port: number } {
  const { authority, port } = requestFromUrl({ url });
  return { host: authority.replace(/:\d+$/, ''), port };
}

function answerTo(table: RouteTable, question: string): Section {
  const [, method = 'GET', url = '', header] = /^(?:([A-Z]+) )?(\S+)(?: (.+))?$/.exec(question) ?? [];
  const connection = connectionFromUrl(url);
  if (connection === undefined) {
    const headers = header === undefined ? [] : [header];
    return { ...decisionOn(table, requestFromUrl({ method, url, headers })), title: question };
  }
  const explained = renderExplanation(explainConnection(table, connection)).split('\n');
  const decision = routeConnection(table, connection, 0);
  return { title: question, lines: [...explained, ...facts(withoutClusters(decision))] };
}

function decisionOn(table: RouteTable, request: RouteRequest): Section {
  const { method, authority, port, path, headers } = request;
  const explained = renderExplanation(explain(table, request)).split('\n');
  const decision = route(table, request, 0);
  return {
    title: `${method} ${authority} ${port} ${path} ${headers.join(' ')}`.trim(),
    lines: [...explained, ...facts(withoutClusters(decision))],
  };
}

/** Clusters are told once for all. */
function withoutClusters(decision: Decision): object {
  if (!('cluster' in decision)) return decision;
  const mirrors = 'mirrors' in decision ? decision.mirrors : [];
  return {
    ...decision,
    cluster: decision.cluster.name,
    mirrors: mirrors.map(({ cluster, percentage }) => ({ cluster: cluster?.name, percentage })),
  };
}

/** A line for each part of a value that is not as it mostly is. */
function facts(value: object): string[] {
  return Object.entries(value)
    .filter(([, part]) => !isEmpty(part))
    .map(([key, part]) => `${key} ${toJson(part)}`);
}

function isEmpty(part: unknown): boolean {
  return part === undefined || (Array.isArray(part) && part.length === 0);
}
