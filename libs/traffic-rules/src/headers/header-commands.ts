import type { HeaderContext } from './header-context.js';

/** What a command comes to; undefined: nothing. */
export type Command = (context: HeaderContext, argument: string) => string | undefined;

const downstream: Command = ({ downstreamAddress }) => downstreamAddress;
const downstreamIp: Command = ({ downstreamAddress }) => withoutPort(downstreamAddress);
const downstreamPort: Command = ({ downstreamAddress }) => portOf(downstreamAddress);
const upstream: Command = ({ upstreamHost }) => upstreamHost;
/** Only once there is a connection. */
const remote: Command = ({ upstreamHost, upstreamProtocol }) => upstreamProtocol && upstreamHost;

/** Envoy's commands (its access log's), as far as an outbound HTTP request without TLS or filters can fill them. */
export const commands: Readonly<Record<string, Command>> = {
  REQ: ({ request }, argument) => namedHeader(argument, (name) => requestHeader(request, name)),
  RESP: ({ response }, argument) =>
    namedHeader(argument, (name) =>
      name === ':status' ? response?.status.toString() : findHeader(response?.headers ?? [], name),
    ),
  PROTOCOL: ({ protocol }) => protocol ?? 'HTTP/1.1',
  START_TIME: ({ startTime }) => startTime?.toISOString(),
  RESPONSE_CODE: ({ response }) =>
    response === undefined || response.isLocal ? '0' : String(response.status),
  RESPONSE_CODE_DETAILS: ({ responseCodeDetails }) => responseCodeDetails,
  RESPONSE_FLAGS: ({ responseFlags = [] }) => responseFlags.join() || '-',
  RESPONSE_FLAGS_LONG: ({ responseFlags = [] }) => responseFlags.map((flag) => longFlags[flag]).join() || '-',
  ROUTE_NAME: ({ routeName }) => routeName,
  UPSTREAM_HOST: upstream,
  UPSTREAM_REMOTE_ADDRESS: remote,
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (context) => withoutPort(remote(context, '')),
  UPSTREAM_REMOTE_PORT: (context) => portOf(remote(context, '')),
  // Istio gives every cluster a name for statistics that ends so (cluster_builder.go, DelimitedStatsPrefix).
  UPSTREAM_CLUSTER: ({ upstreamCluster }) => upstreamCluster && `${upstreamCluster};`,
  UPSTREAM_CLUSTER_RAW: ({ upstreamCluster }) => upstreamCluster,
  UPSTREAM_PROTOCOL: ({ upstreamProtocol }) => upstreamProtocol,
  UPSTREAM_REQUEST_ATTEMPT_COUNT: ({ attempts = 0 }) => String(attempts),
  DOWNSTREAM_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_REMOTE_PORT: downstreamPort,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: downstream,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: downstreamIp,
  DOWNSTREAM_DIRECT_REMOTE_PORT: downstreamPort,
  DOWNSTREAM_LOCAL_PORT: ({ downstreamPort }) => downstreamPort?.toString(),
  PATH: ({ request }, argument) => pathOf(request, argument),
  QUERY_PARAMS: ({ request: { path } }) =>
    path.includes('?') ? path.slice(path.indexOf('?') + 1) : undefined,
  QUERY_PARAM: ({ request }, argument) => queryParameter(request.path, argument),
  UPSTREAM_HOST_NAME: upstream,
  UPSTREAM_HOST_NAME_WITHOUT_PORT: ({ upstreamHost }) => withoutPort(upstreamHost),
};

/** Envoy's long names of response flags. */
const longFlags: Readonly<Record<string, string>> = {
  DC: 'DownstreamConnectionTermination',
  DF: 'DnsResolutionFailed',
  DI: 'DelayInjected',
  DPE: 'DownstreamProtocolError',
  FI: 'FaultInjected',
  NC: 'NoClusterFound',
  NR: 'NoRouteFound',
  UC: 'UpstreamConnectionTermination',
  UF: 'UpstreamConnectionFailure',
  UH: 'NoHealthyUpstream',
  UO: 'UpstreamOverflow',
  UPE: 'UpstreamProtocolError',
  UR: 'UpstreamRemoteReset',
  URX: 'UpstreamRetryLimitExceeded',
  UT: 'UpstreamRequestTimeout',
};

/** `name` or `name?alternative`. */
function namedHeader(argument: string, find: (name: string) => string | undefined): string | undefined {
  const [main = '', alternative] = argument.toLowerCase().split('?');
  return find(main) ?? (alternative === undefined ? undefined : find(alternative));
}

function requestHeader(request: HeaderContext['request'], name: string): string | undefined {
  switch (name) {
    case ':method':
      return request.method;
    case ':scheme':
      return request.scheme;
    case ':path':
      return request.path;
    case ':authority':
    case 'host':
      return request.authority;
    default:
      return findHeader(request.headers, name);
  }
}

/** `PATH(NQ)`: without the query; `PATH(WQ:ORIG)`: as it was before it was rewritten, if it was. */
function pathOf(request: HeaderContext['request'], argument: string): string | undefined {
  const [query, which] = argument.split(':');
  const original = findHeader(request.headers, 'x-envoy-original-path');
  const path = which === 'PATH' ? request.path : (original ?? (which === 'ORIG' ? undefined : request.path));
  return query === 'NQ' ? path?.replace(/\?.*/, '') : path;
}

/** As it stands in the request, the first of that name. */
function queryParameter(path: string, name: string): string | undefined {
  const query = path.indexOf('?');
  if (query < 0) return undefined;
  const found = path
    .slice(query + 1)
    .split('&')
    .find((pair) => pair === name || pair.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

function findHeader(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

function withoutPort(address: string | undefined): string | undefined {
  return address?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function portOf(address: string | undefined): string | undefined {
  return address?.match(/:(\d+)$/)?.[1];
}
